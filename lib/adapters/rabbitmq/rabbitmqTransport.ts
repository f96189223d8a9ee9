import { defer, finalize } from 'rxjs';
import { heldUp } from '../../../operators/internal/heldUp.ts';
import { enroll } from '../../../operators/internal/inspector.ts';
import { checkMessage } from '../../boundary/checkMessage.ts';
import { queueTerms } from '../../boundary/queueTerms.ts';
import type { Transport } from '../../contracts/transport.ts';
import { Connected } from './connected.ts';
import { rabbitmqTerms, type RabbitmqOptions } from './options.ts';
import { transportPart } from './transportPart.ts';

/**
 * Carries messages through RabbitMQ, version 3.10 or later. Connects, twice, when it is first used: publishing that the broker
 * blocks must not keep consumers from acknowledging. Both connections come back by themselves, with all that was declared.
 *
 * A durable queue `name` is a quorum queue; its dead letters are in `name.dead`, and what comes again waits in
 * `name.retry.<ms>`. Throws OptionError for options that cannot be.
 *
 * @example
 * const transport = rabbitmqTransport({
 *   url: 'amqps://orders:secret@broker.example/shop',
 *   exchange: { name: 'events', type: 'topic' },
 * });
 */
export function rabbitmqTransport(options: RabbitmqOptions): Transport {
  const terms = rabbitmqTerms(options);
  const { address, exchange } = terms;
  const name = `${address.shown} ${exchange.name}`;
  const connected = new Connected(name, terms);

  const transport: Transport = {
    name,
    state$: connected.state$,
    publish: (message) =>
      defer(() => {
        checkMessage(message);
        const done = heldUp(() => ({ how: 'waits for', on: transport, called: `transport '${name}'` }));
        return connected.publish(message).pipe(finalize(done));
      }),
    consume: (queue) => connected.consume(queueTerms(queue, exchange.type)),
    redrive: (queue, { max = Infinity } = {}) => connected.redrive(queue, max),
    deadLetters: (queue) => connected.deadLetters(queue),
    close: ({ deadlineMs = 10_000 } = {}) => connected.close(deadlineMs),
  };
  enroll(transport, (one) => transportPart(one, connected));
  return transport;
}

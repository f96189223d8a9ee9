import { describe, expect, it } from 'vitest';
import { withoutRabbitmq } from '../../support/rabbitmq.ts';
import { consuming, done, eventually, failureOf, fresh, message, transportAt, useBroker } from './support/broker.ts';

describe.skipIf(withoutRabbitmq())('rabbitmqTransport', () => {
  const bench = useBroker();

  it('Q1 publish completes when the broker has the message, and a handler gets it as it was', async () => {
    const transport = transportAt(bench.url);
    const got: unknown[] = [];
    await consuming(transport, {
      kind: 'durable',
      name: fresh('q'),
      bindings: ['order.*'],
      handle: (it) => void got.push(it),
    });
    const sent = message('order.placed', {
      headers: { a: '1', __proto__x: 'y', CC: 'z', 'x-death': 'no', ['__proto__']: 'own' },
    });

    await done(transport.publish(sent));
    await eventually(() => got.length > 0);

    expect(got).toEqual([{ ...sent, attempt: 1 }]);
  });

  it('Q3 a message that nothing is bound to errors with UnroutableError', async () => {
    const transport = transportAt(bench.url);
    expect(await failureOf(transport.publish(message('nobody')))).toMatchObject({ name: 'UnroutableError' });
  });
});

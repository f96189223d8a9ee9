import type { ConfirmChannel } from 'amqplib';
import { tap, type Observable } from 'rxjs';
import { QueueConfigError } from '../../contracts/transportFailure.ts';
import type { Backoff } from './backoff.ts';
import { lastingChannel } from './lastingChannel.ts';
import type { Link } from './link.ts';
import type { Outbox } from './outbox.ts';
import { declareExchange, type Exchange } from './topology.ts';

/** Keeps an outbox connected: over one confirm channel after the other. Ends with the link. */
export function publisher(link: Link, outbox: Outbox, exchange: Exchange, backoff: Backoff): Observable<unknown> {
  const terms = {
    what: exchange.name,
    create: (model: { createConfirmChannel(): Promise<ConfirmChannel> }) => model.createConfirmChannel(),
    prepare: async (channel: ConfirmChannel) => {
      await declareExchange(channel, exchange);
      return channel;
    },
  };
  return lastingChannel(link, terms, backoff).pipe(
    tap((event) => {
      if (event.kind === 'open') outbox.attach(event.ready);
      else {
        outbox.detach(event.cause);
        if (event.cause instanceof QueueConfigError) outbox.refuse(event.cause);
      }
    }),
  );
}

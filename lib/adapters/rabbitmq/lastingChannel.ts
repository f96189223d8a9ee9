import type { Channel, ChannelModel } from 'amqplib';
import { catchError, concat, defer, ignoreElements, map, Observable, of, repeat, switchMap, timer } from 'rxjs';
import { QueueConfigError } from '../../contracts/transportFailure.ts';
import type { Backoff } from './backoff.ts';
import { channelFailure } from './channelFailure.ts';
import type { Link } from './link.ts';

/** A channel that is ready, with what its preparation gave, or why there is none. */
export type ChannelEvent<R> =
  { readonly kind: 'open'; readonly ready: R } | { readonly kind: 'gone'; readonly cause: Error };

/** How a channel is made. */
export interface ChannelTerms<C extends Channel, R> {
  /** What it is for, in errors. */
  readonly what: string;
  readonly create: (model: ChannelModel) => Promise<C>;
  /** Declares what it needs; it is ready when that has resolved. `lost` gives it up. */
  readonly prepare: (channel: C, lost: (cause: unknown) => void) => Promise<R>;
}

/** What is declared wrongly is not mended within seconds. */
const CONFIG_MAX_DELAY_MS = 30_000;

/**
 * A channel that is made and prepared again whenever it goes: connections come back by themselves, channels do not.
 *
 * - **Emits** each channel that is ready, and why there is none for now.
 * - **Holds** nothing.
 * - **Completes** with the link.
 * - **Errors** never: whoever listens decides what is too much.
 * - **Unsubscribing** closes the channel.
 */
export function lastingChannel<C extends Channel, R>(
  link: Link,
  terms: ChannelTerms<C, R>,
  backoff: Backoff,
): Observable<ChannelEvent<R>> {
  const again$ = (model: ChannelModel) =>
    openChannel(link, model, terms).pipe(
      map((ready): ChannelEvent<R> => {
        backoff.succeeded();
        return { kind: 'open', ready };
      }),
      catchError((thrown: unknown) => {
        const cause = channelFailure(terms.what, thrown);
        const longestMs = cause instanceof QueueConfigError ? CONFIG_MAX_DELAY_MS : undefined;
        const wait$ = defer(() => timer(backoff.next(longestMs)).pipe(ignoreElements()));
        return concat(of<ChannelEvent<R>>({ kind: 'gone', cause }), wait$);
      }),
      repeat(),
    );
  return link.session$.pipe(
    switchMap((session) =>
      session.kind === 'connected'
        ? again$(session.model)
        : of<ChannelEvent<R>>({ kind: 'gone', cause: session.cause }),
    ),
  );
}

/** One channel, from its making to its end. Errors with what it died of. */
function openChannel<C extends Channel, R>(
  link: Link,
  model: ChannelModel,
  { create, prepare }: ChannelTerms<C, R>,
): Observable<R> {
  return new Observable((subscriber) => {
    let reason: unknown;
    const fail = (cause: unknown) => subscriber.error(cause);
    const opened = (channel: C) => {
      let isOpen = true;
      subscriber.add(() => {
        if (isOpen) link.closing(channel.close());
      });
      channel.on('error', (cause) => (reason = cause));
      channel.on('close', () => {
        isOpen = false;
        // In a moment: the failure of what was asked for says more, and so does that of the connection.
        setImmediate(() => fail(reason));
      });
      if (subscriber.closed) return;
      prepare(channel, fail).then((ready) => subscriber.next(ready), fail);
    };
    create(model).then(opened, fail);
  });
}

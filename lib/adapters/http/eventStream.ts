import {
  defer,
  exhaustMap,
  finalize,
  interval,
  isObservable,
  map,
  ReplaySubject,
  Subject,
  takeUntil,
  takeWhile,
  type Observable,
} from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { connectionOf } from './connection.ts';
import { problemOf, type Problem } from './problem.ts';
import { sseFrame, type ServerSentEvent } from './sseFrame.ts';

/** How {@link eventStream} treats its client. */
export interface EventStreamOptions {
  /** How long the client should wait before it comes again, in ms from when the stream broke. Default: 3 000. */
  readonly retryMs?: number | undefined;
  /** How often a comment keeps the connection from looking idle, in ms. Default: 15 000. */
  readonly keepAliveMs?: number | undefined;
  /** Most bytes that wait for the client; with more its connection is closed. Default: 1 MiB. */
  readonly maxQueuedBytes?: number | undefined;
  /** Takes what went wrong: with the events, or with a client that does not read. */
  readonly onError?: ((failure: unknown) => void) | undefined;
}

/** A client of an event stream does not read what it is sent. */
export class SlowClientError extends Error {
  override readonly name = 'SlowClientError';
  readonly code = 'slow_client';
  readonly queuedBytes: number;

  constructor(queuedBytes: number) {
    super(`a client left ${queuedBytes} bytes of its event stream unread; its connection was closed`);
    this.queuedBytes = queuedBytes;
  }
}

/** Why a stream came to its end, as told to the client in its last event, `end`. */
export type StreamEnd =
  | { readonly reason: 'completed' }
  | { readonly reason: 'stopping' }
  | { readonly reason: 'failed'; readonly problem: Problem };

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no', // a proxy must not keep events back
};
const KEEP_ALIVE = ': keep-alive\n\n';
/** The longest time that a timer can wait. */
const MAX_DELAY_MS = 2 ** 31 - 1;
const encoder = new TextEncoder();

/**
 * Answers a request with a stream of events, until they complete or fail, the client leaves, or the server stops. The
 * last event, `end`, says which: see {@link StreamEnd}.
 *
 * An Observable pushes: what the client has not taken yet waits, up to `maxQueuedBytes`. An async iterable, such as
 * {@link EventRing.after}, is asked for one event at a time, when the client has taken the one before. A client that
 * takes nothing for a whole `keepAliveMs` while something waits for it is closed. Events are subscribed to when the
 * answer is read, and left at once when the client leaves.
 *
 * @example
 * app.get('/v1/alerts', ({ req }) => eventStream(req.raw, ring.after(req.header('last-event-id'))));
 */
export function eventStream(
  request: Request,
  events: Observable<ServerSentEvent> | AsyncIterable<ServerSentEvent>,
  options: EventStreamOptions = {},
): Response {
  const { retryMs = 3_000, keepAliveMs = 15_000, maxQueuedBytes = 1024 ** 2, onError = () => undefined } = options;
  if (!Number.isSafeInteger(retryMs) || retryMs < 0) throw new OptionError('retryMs', 'a whole number of ms', retryMs);
  if (!(keepAliveMs > 0)) throw new OptionError('keepAliveMs', 'more than 0 ms', keepAliveMs);
  if (!(maxQueuedBytes > 0)) throw new OptionError('maxQueuedBytes', 'more than 0 bytes', maxQueuedBytes);
  if (request.method === 'HEAD') return new Response(null, { headers: HEADERS });

  const connection = connectionOf(request);
  const asked$ = new Subject<void>();
  const gone$ = new ReplaySubject<void>(1);
  let isStarted = false;
  let isOver = false;
  let offered = 0;
  let takenBefore = 0;

  /** Whether it is the first to end the stream. */
  const leave = (): boolean => {
    if (isOver) return false;
    isOver = true;
    gone$.next();
    return true;
  };

  const start = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    const queued = () => -(controller.desiredSize ?? 0);

    const offer = (text: string): void => {
      const bytes = encoder.encode(text);
      offered += bytes.length;
      controller.enqueue(bytes);
      if (queued() > maxQueuedBytes) drop();
    };
    const drop = (): void => {
      const failure = new SlowClientError(queued());
      leave();
      if (connection.destroy) connection.destroy();
      else controller.error(failure);
      onError(failure);
    };
    const end = (why: StreamEnd): void => {
      if (!leave()) return;
      controller.enqueue(encoder.encode(sseFrame({ event: 'end', data: JSON.stringify(why) })));
      controller.close();
    };
    const fail = (failure: unknown): void => {
      end({ reason: 'failed', problem: problemOf(failure) });
      onError(failure);
    };
    const beat = (): void => {
      const taken = offered - queued();
      if (queued() === 0) offer(KEEP_ALIVE);
      else if (taken === takenBefore) drop();
      takenBefore = taken;
    };

    const source$ = isObservable(events) ? events : pulled(events, asked$);
    offer(`retry: ${retryMs}\n\n`);
    interval(Math.min(keepAliveMs, MAX_DELAY_MS)).pipe(takeUntil(gone$)).subscribe({ next: beat, error: fail });
    connection.stopping$.pipe(takeUntil(gone$)).subscribe({ next: () => end({ reason: 'stopping' }), error: fail });
    source$
      .pipe(map(sseFrame), takeUntil(gone$))
      .subscribe({ next: offer, error: fail, complete: () => end({ reason: 'completed' }) });
  };

  const body: UnderlyingDefaultSource<Uint8Array> = {
    pull: (controller) => {
      if (!isStarted) start(controller);
      isStarted = true;
      asked$.next();
    },
    cancel: () => void leave(),
  };
  return new Response(new ReadableStream(body, new ByteLengthQueuingStrategy({ highWaterMark: 0 })), {
    headers: HEADERS,
  });
}

/** Asks for one value each time it is told to, unless it waits for one already. */
function pulled<T>(iterable: AsyncIterable<T>, asked$: Observable<void>): Observable<T> {
  return defer(() => {
    const iterator = iterable[Symbol.asyncIterator]();
    return asked$.pipe(
      exhaustMap(() => iterator.next()),
      takeWhile(({ done }) => done !== true),
      map(({ value }) => value as T),
      finalize(() => void iterator.return?.().catch(() => undefined)), // nobody is left to tell
    );
  });
}

import {
  asyncScheduler,
  defer,
  filter,
  interval,
  map,
  of,
  ReplaySubject,
  Subject,
  take,
  takeUntil,
  type Observable,
} from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { SlowClientError } from './eventStream.ts';
import { problemOf } from './problem.ts';

/**
 * What is said on a socket: the texts that go out for those that come in. Left when the client leaves. A RequestError
 * closes the socket with its code as the reason.
 */
export type SocketSession = (text$: Observable<string>, peer: SocketPeer) => Observable<string>;

/** What a session may know of its client. */
export interface SocketPeer {
  /**
   * Emits once the client has taken most of what was sent. A session that waits for it before each text does not get
   * ahead of its client; one that does not is closed at `maxQueuedBytes`.
   */
  readonly room$: Observable<void>;
}

/** How much of a client is borne. */
export interface SocketLimits {
  /**
   * How often the client is asked whether it is there, in ms. One that does not answer until the next time, or has taken
   * nothing of what waits for it, is closed. Default: 15 000.
   */
  readonly keepAliveMs?: number | undefined;
  /** Most bytes that wait for the client; with more it is closed with 1013. Default: 1 MiB. */
  readonly maxQueuedBytes?: number | undefined;
  /** Most pings of the client in a second that are answered; with one more it is closed with 1008. Default: 20. */
  readonly maxPingsPerSecond?: number | undefined;
  /** Takes what went wrong: in the session, or with a client that does not read. */
  readonly onError?: ((failure: unknown) => void) | undefined;
}

/** As much of a socket of `ws` as is used. */
export interface Socket {
  readonly bufferedAmount: number;
  on(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: 'ping', listener: (data: Buffer) => void): unknown;
  on(event: 'pong' | 'close' | 'error', listener: () => void): unknown;
  send(text: string, sent: () => void): void;
  ping(): void;
  pong(data: Buffer): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

const MAX_DELAY_MS = 2 ** 31 - 1;
const TRY_LATER = 1013;

/** Lets a session talk on a socket until either side has had enough. */
export function runSocket(
  socket: Socket,
  session: SocketSession,
  options: SocketLimits & { readonly stopping$: Observable<void> },
): void {
  const { keepAliveMs = 15_000, maxQueuedBytes = 1024 ** 2, maxPingsPerSecond = 20, stopping$ } = options;
  const { onError = () => undefined } = options;
  if (!(keepAliveMs > 0)) throw new OptionError('keepAliveMs', 'more than 0 ms', keepAliveMs);
  if (!(maxQueuedBytes > 0)) throw new OptionError('maxQueuedBytes', 'more than 0 bytes', maxQueuedBytes);
  const text$ = new Subject<string>();
  const sent$ = new Subject<void>();
  const gone$ = new ReplaySubject<void>(1);
  let isOver = false;
  let isHeard = true;
  let sent = 0;
  let before = { sent: 0, queued: 0 };
  let pings = { since: -Infinity, count: 0 };

  const leave = (): void => {
    isOver = true;
    gone$.next();
  };
  const close = (code: number, reason: string): void => {
    if (isOver) return;
    leave();
    socket.close(code, reason);
  };
  const drop = (): void => {
    onError(new SlowClientError(socket.bufferedAmount));
    close(TRY_LATER, 'too much waits for you');
  };

  const hear = (): void => void (isHeard = true);
  socket.on('error', () => undefined); // it closes by itself, with the code that fits
  socket.on('close', leave);
  socket.on('pong', hear);
  socket.on('ping', (data) => {
    hear();
    if (isOver) return;
    const now = asyncScheduler.now();
    pings = now - pings.since < 1_000 ? { ...pings, count: pings.count + 1 } : { since: now, count: 1 };
    if (pings.count > maxPingsPerSecond) close(1008, 'too many pings');
    else if (socket.bufferedAmount <= maxQueuedBytes) socket.pong(data);
  });
  socket.on('message', (data, isBinary) => {
    hear();
    if (isOver) return;
    if (isBinary) close(1003, 'only text is understood');
    else text$.next(String(data));
  });

  const send = (text: string): void => {
    socket.send(text, () => {
      sent++;
      sent$.next();
    });
    if (socket.bufferedAmount > maxQueuedBytes) drop();
  };
  const beat = (): void => {
    const queued = socket.bufferedAmount;
    const isStuck = queued > 0 && queued >= before.queued && before.queued > 0 && sent === before.sent;
    before = { sent, queued };
    if (!isHeard) {
      leave();
      socket.terminate();
    } else if (isStuck) drop();
    else {
      isHeard = false;
      socket.ping();
    }
  };

  const hasRoom = (): boolean => socket.bufferedAmount <= maxQueuedBytes / 4;
  const room$ = defer(() => (hasRoom() ? of(undefined) : sent$.pipe(filter(hasRoom), take(1)))).pipe(
    map(() => undefined),
  );
  const fail = (failure: unknown): void => {
    const { status, code } = problemOf(failure);
    if (status === 500) onError(failure);
    close(status === 500 ? 1011 : status === 503 ? TRY_LATER : 1008, code);
  };
  const stop = (): void => close(1001, 'the server is stopping');
  stopping$.pipe(takeUntil(gone$)).subscribe({ next: stop, error: fail });
  interval(Math.min(keepAliveMs, MAX_DELAY_MS)).pipe(takeUntil(gone$)).subscribe({ next: beat, error: fail });
  defer(() => session(text$.pipe(takeUntil(gone$)), { room$ }))
    .pipe(takeUntil(gone$))
    .subscribe({ next: send, error: fail, complete: () => close(1000, 'there is no more') });
}

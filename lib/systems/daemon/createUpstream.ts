import * as t from 'io-ts';
import { isRight } from 'fp-ts/lib/Either.js';
import { filter, map, Observable, retry, share, Subject, switchMap, timer } from 'rxjs';
import { WebSocket } from 'ws';
import { UnreachableError } from '../../contracts/failure.ts';
import { ToldOperation } from './toldOperation.ts';

/** Where {@link createUpstream} connects to. */
export interface UpstreamOptions {
  /** The API, `http://127.0.0.1:8080/` for instance. */
  readonly base: string;
  /** Gives numbers from 0 to 1, so that many who lost the same server do not come again in step. */
  readonly random: () => number;
  /** Longest wait before it connects again, in ms. Default: 10 000. */
  readonly maxDelayMs?: number | undefined;
  /** How long the server may be silent, in ms. Default: 45 000, of which its keep-alives need 15 000. */
  readonly silenceMs?: number | undefined;
  /** Told when the connection is there, and when it is gone. */
  readonly onChange?: ((state: 'connected' | 'disconnected') => void) | undefined;
}

/** What became known of operations; `gap`: something may have been missed, look again. */
export type UpstreamNews = { readonly kind: 'operation'; readonly operation: ToldOperation } | { readonly kind: 'gap' };

/** One connection to an API, over which every change of every operation comes; lost, it is made again. */
export interface Upstream {
  /** Connected while anybody is subscribed. Does not complete or error. */
  readonly news$: Observable<UpstreamNews>;
}

const Frame = t.union([
  t.type({ type: t.literal('subscribed') }),
  t.type({ type: t.literal('event'), event: t.string, eventId: t.string, data: t.unknown }),
  t.type({ type: t.union([t.literal('error'), t.literal('end')]) }),
]);
const MAX_BYTES = 1024 ** 2;
const FIRST_DELAY_MS = 100;

export function createUpstream(options: UpstreamOptions): Upstream {
  const { base, random, maxDelayMs = 10_000, silenceMs = 45_000, onChange = () => undefined } = options;
  const url = new URL('v1/stream', base.endsWith('/') ? base : `${base}/`);
  const where = url.origin;
  url.protocol = url.protocol.replace('http', 'ws');
  let lastEventId: string | undefined;

  const frame$ = new Observable<unknown>((subscriber) => {
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: MAX_BYTES, handshakeTimeout: 10_000 });
    const heard$ = new Subject<void>();
    const lost = (reason: string) => subscriber.error(new UnreachableError(where, reason));
    let isOpen = false;
    socket.on('open', () => {
      isOpen = true;
      onChange('connected');
      socket.send(JSON.stringify({ type: 'subscribe', id: 'all', operation: '*', lastEventId }));
      heard$.next();
    });
    socket.on('ping', () => heard$.next());
    socket.on('message', (data: Buffer) => {
      heard$.next();
      subscriber.next(parsed(data.toString()));
    });
    socket.on('error', (failure) => lost(failure.message));
    socket.on('close', (code) => {
      if (isOpen) onChange('disconnected');
      lost(`it closed the connection (${code})`);
    });
    subscriber.add(
      heard$.pipe(switchMap(() => timer(silenceMs))).subscribe({ next: () => lost('it is silent'), error: lost }),
    );
    subscriber.add(() => socket.terminate());
  });

  const news$ = frame$.pipe(
    map((frame): UpstreamNews | undefined => {
      const decoded = Frame.decode(frame);
      if (!isRight(decoded)) return undefined;
      const heard = decoded.right;
      if (heard.type === 'subscribed') return lastEventId === undefined ? { kind: 'gap' } : undefined;
      if (heard.type !== 'event') throw new UnreachableError(where, 'it ended the stream');
      lastEventId = heard.eventId;
      return ToldOperation.is(heard.data) ? { kind: 'operation', operation: heard.data } : { kind: 'gap' };
    }),
    retry({
      delay: (_, attempt) => timer(Math.max(50, random() * Math.min(maxDelayMs, FIRST_DELAY_MS * 2 ** attempt))),
      resetOnSuccess: true,
    }),
    filter((news) => news !== undefined),
    share(),
  );
  return { news$ };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

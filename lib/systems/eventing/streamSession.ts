import * as t from 'io-ts';
import {
  catchError,
  concat,
  defer,
  EMPTY,
  endWith,
  finalize,
  isObservable,
  map,
  mergeMap,
  of,
  repeat,
  Subject,
  takeUntil,
  takeWhile,
  type Observable,
} from 'rxjs';
import { problemOf, RequestError } from '../../adapters/http/problem.ts';
import { quoted } from '../../adapters/http/readQuery.ts';
import type { SocketSession } from '../../adapters/http/runSocket.ts';
import type { ServerSentEvent } from '../../adapters/http/sseFrame.ts';
import { decode } from '../../boundary/decode.ts';
import { DecodeError } from '../../contracts/failure.ts';
import type { Eventing } from './createEventing.ts';
import { requestErrorOf } from './requestErrorOf.ts';

/** What a client may follow on one socket. */
export interface StreamSessionOptions {
  readonly eventing: Eventing;
  readonly tenant: string;
  /** Most subscriptions at the same time; one more is answered with an error. Default: 100. */
  readonly maxSubscriptions?: number | undefined;
}

const Subscribe = t.intersection([
  t.type({ type: t.literal('subscribe'), id: t.string }),
  t.partial({ event: t.string, operation: t.string, lastEventId: t.string }),
]);
const Unsubscribe = t.type({ type: t.literal('unsubscribe'), id: t.string });
const Request = t.union([Subscribe, Unsubscribe], 'a subscribe or an unsubscribe');
type SubscribeRequest = t.TypeOf<typeof Subscribe>;

/** Every operation of the tenant. */
const ALL = '*';
const MAX_ID = 64;
const MAX_EVENT_ID = 32;

/**
 * Lets a client follow events by type and operations by id over one socket. Every message is an object with a `type`:
 * `subscribe` (with an `id` of the client's choice, `event` or `operation`, and `lastEventId`) and `unsubscribe` come in;
 * `subscribed`, `event`, `end`, `unsubscribed` and `error` go out, with the `id` of the subscription.
 */
export function streamSession({ eventing, tenant, maxSubscriptions = 100 }: StreamSessionOptions): SocketSession {
  return (text$, { room$ }) =>
    defer(() => {
      const subscriptions = createSubscriptions({ eventing, tenant, maxSubscriptions }, room$);
      return text$.pipe(
        mergeMap(subscriptions.answer),
        map((frame) => JSON.stringify(frame)),
      );
    });
}

interface Subscriptions {
  readonly answer: (text: string) => Observable<object>;
}

/** The subscriptions of one socket. */
function createSubscriptions(
  { eventing, tenant, maxSubscriptions }: StreamSessionOptions & { readonly maxSubscriptions: number },
  room$: Observable<void>,
): Subscriptions {
  const open = new Map<string, Subject<void>>();

  return {
    answer: (text) => {
      let id: string | undefined;
      try {
        const request = decode(Request, parsed(text), 'the message');
        if (request.id.length > MAX_ID) throw refusal(400, 'invalid_message', `an id has at most ${MAX_ID} characters`);
        ({ id } = request);
        return request.type === 'subscribe' ? subscribe(request) : unsubscribe(id);
      } catch (failure) {
        return of(errorFrame(failure, id));
      }
    },
  };

  function subscribe(request: SubscribeRequest): Observable<object> {
    const { id } = request;
    if (open.has(id)) throw refusal(409, 'subscription_taken', `there is a subscription ${quoted(id)} already`);
    if (open.size >= maxSubscriptions) {
      throw refusal(429, 'too_many_subscriptions', `at most ${maxSubscriptions} subscriptions on one socket`);
    }
    const followed$ = follow(eventing, tenant, request);
    const stop$ = new Subject<void>();
    open.set(id, stop$);
    const event$ = isObservable(followed$) ? followed$ : pulledInTurn(followed$, room$);
    const frame$ = event$.pipe(
      map((event) => eventFrame(id, event)),
      endWith({ type: 'end', id }),
      catchError((failure: unknown) => of(errorFrame(failure, id))),
    );
    return concat(of({ type: 'subscribed', id }), frame$).pipe(
      takeUntil(stop$),
      finalize(() => open.delete(id)),
    );
  }

  function unsubscribe(id: string): Observable<object> {
    const stop$ = open.get(id);
    if (!stop$) throw refusal(404, 'unknown_subscription', `there is no subscription ${quoted(id)}`);
    stop$.next();
    return of({ type: 'unsubscribed', id });
  }
}

function eventFrame(id: string, { id: eventId, event, data }: ServerSentEvent): object {
  return { type: 'event', id, event, eventId, data: JSON.parse(data) as unknown };
}

function follow(
  eventing: Eventing,
  tenant: string,
  { event, operation, lastEventId }: SubscribeRequest,
): Observable<ServerSentEvent> | AsyncIterable<ServerSentEvent> {
  if ((event === undefined) === (operation === undefined)) {
    throw refusal(400, 'invalid_message', 'a subscribe names an event or an operation, and not both');
  }
  const options = { tenant, lastEventId: lastEventId?.slice(0, MAX_EVENT_ID) };
  if (operation === ALL) return eventing.followOperations(options);
  if (operation !== undefined) {
    const followed$ = eventing.followOperation(operation, options);
    if (followed$ === 'unknown') {
      throw refusal(404, 'unknown_operation', 'there is no such operation: it never was, or it ended too long ago');
    }
    return followed$ === 'over' ? EMPTY : followed$;
  }
  const followed$ = eventing.followEvents(event!, options);
  if (followed$) return followed$;
  throw refusal(404, 'unknown_event', `there is no event ${quoted(event!)}`);
}

/** Asks for the next value once there is room for it. */
function pulledInTurn<T>(iterable: AsyncIterable<T>, room$: Observable<void>): Observable<T> {
  return defer(() => {
    const iterator = iterable[Symbol.asyncIterator]();
    return room$.pipe(
      mergeMap(() => iterator.next()),
      repeat(),
      takeWhile(({ done }) => done !== true),
      map(({ value }) => value as T),
      finalize(() => void iterator.return?.().catch(() => undefined)), // nobody is left to tell
    );
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(400, 'invalid_json', 'the message is not one JSON value');
  }
}

function errorFrame(failure: unknown, id: string | undefined): object {
  const told =
    failure instanceof DecodeError ? refusal(400, 'invalid_message', failure.message) : requestErrorOf(failure);
  return { type: 'error', ...(id !== undefined && { id }), problem: problemOf(told) };
}

function refusal(status: number, code: string, detail: string): RequestError {
  return new RequestError(status, code, detail);
}

import {
  BehaviorSubject,
  combineLatest,
  concat,
  concatMap,
  defer,
  dematerialize,
  distinctUntilChanged,
  EMPTY,
  filter,
  finalize,
  ignoreElements,
  map,
  materialize,
  merge,
  of,
  skip,
  switchMap,
  take,
  takeWhile,
  timer,
  type Observable,
} from 'rxjs';
import type {
  ConsumerEvent,
  IncomingMessage,
  OutgoingMessage,
  QueueContract,
  Transport,
  TransportState,
} from '../contracts/transport.ts';
import { OutboxFullError, PublishError } from '../contracts/transportFailure.ts';
import { callLog, type Noted } from './callLog.ts';
import { twisted, type Twist } from './twist.ts';

type HandlerContext = Parameters<QueueContract['handle']>[1];

/** How a message comes to a handler that does not come as usual. */
export type DeliveryTwist =
  /** It comes `delayMs` later, and those behind it at the same concurrency wait. */
  | { readonly kind: 'late'; readonly delayMs: number }
  /** Its settlement is lost: when the handler has succeeded it comes once more, as the next attempt. */
  | { readonly kind: 'twice' };

/** How publishes and deliveries go, counted from 0; undefined lets one go as usual. */
export interface TransportScript {
  /** Refused: `failing` with PublishError. To no queue: `failing` with UnroutableError. Taken, and never confirmed: `lost`. */
  readonly publish?: ((call: number, message: OutgoingMessage) => Twist | undefined) | undefined;
  readonly deliver?:
    ((delivery: number, message: IncomingMessage, queue: string) => DeliveryTwist | undefined) | undefined;
}

/** A message that was published. */
export interface FakePublish extends Noted {
  readonly message: OutgoingMessage;
}

/** A message that a handler was given. `succeeded` is an ack; `cancelled`: it was given back. */
export interface FakeDelivered extends Noted {
  readonly queue: string;
  readonly message: IncomingMessage;
}

/** How much a {@link FakeTransport} holds. */
export interface FakeTransportOptions {
  /** Most publishes, and most deliveries, to write down; one more errors with OverflowError. Default: 10 000. */
  readonly bufferSize?: number | undefined;
  /** Most publishes that wait for a connection; one more errors with OutboxFullError. Default: 1 024. */
  readonly outboxSize?: number | undefined;
}

/** A transport under the control of a test. */
export interface FakeTransport extends Transport {
  /** Every publish so far, the first one first. */
  readonly published: readonly FakePublish[];
  /** Every call of a handler so far, the first one first. */
  readonly delivered: readonly FakeDelivered[];
  /**
   * Loses the connection: what is being published errors with PublishError `lost`, handlers are aborted and their messages given
   * back. Until `restore`, publishes wait and nothing is delivered.
   */
  lose(cause?: unknown): void;
  restore(): void;
}

/**
 * A transport that works, over any other one, whose publishes and deliveries are written down and go as a script says, and
 * whose connection a test loses and restores.
 *
 * @example
 * const transport = fakeTransport(memoryTransport(), {
 *   publish: (call, { id }) =>
 *     call === 0 ? { kind: 'lost', error: new PublishError(id, 'timedOut', 'no answer') } : undefined,
 *   deliver: (delivery) => (delivery === 1 ? { kind: 'twice' } : undefined),
 * });
 */
export function fakeTransport(
  transport: Transport,
  script: TransportScript = {},
  options: FakeTransportOptions = {},
): FakeTransport {
  const { bufferSize = 10_000, outboxSize = 1_024 } = options;
  const published = callLog<Pick<FakePublish, 'message'>>('fakeTransport', bufferSize);
  const delivered = callLog<Pick<FakeDelivered, 'queue' | 'message'>>('fakeTransport', bufferSize);
  const loss$ = new BehaviorSubject<{ readonly cause: unknown } | undefined>(undefined);
  const closed$ = transport.state$.pipe(filter((state) => state === 'closed'));
  const reachable$ = merge(loss$.pipe(filter((loss) => loss === undefined)), closed$).pipe(take(1));
  let publishes = 0;
  let deliveries = 0;
  let waiting = 0;

  return {
    name: transport.name,
    published: published.all,
    delivered: delivered.all,

    state$: combineLatest([transport.state$, loss$]).pipe(
      map(([state, loss]): TransportState => (loss && state !== 'closed' ? 'disconnected' : state)),
      distinctUntilChanged(),
      takeWhile((state) => state !== 'closed', true),
    ),

    publish: (given) =>
      defer(() => {
        const message = copyOf(given);
        const publish$ = defer(() => twisted(transport.publish(message), script.publish?.(publishes++, message)));
        return published.note({ message }, orLost(whenReachable(publish$), message.id));
      }),

    consume(queue) {
      const consuming$ = transport.consume({ ...queue, handle: (message, context) => handle(queue, message, context) });
      const untilClosed$ = closed$.pipe(take(1), ignoreElements());
      return loss$.pipe(
        switchMap((loss) => {
          const events$: Observable<ConsumerEvent> = loss
            ? merge(of({ kind: 'interrupted', cause: loss.cause } as const), untilClosed$)
            : consuming$;
          return events$.pipe(materialize()); // its end is the end
        }),
        dematerialize(),
      );
    },

    redrive: (queue, limits) => whenReachable(transport.redrive(queue, limits)),
    deadLetters: (queue) => whenReachable(transport.deadLetters(queue)),
    close: (within) => transport.close(within),

    lose(cause = new Error('the connection was lost')) {
      if (loss$.value === undefined) loss$.next({ cause });
    },
    restore() {
      if (loss$.value !== undefined) loss$.next(undefined);
    },
  };
  /** Once there is a connection, or never will be: then the transport says so. */
  function whenReachable<T>(call$: Observable<T>): Observable<T> {
    return defer(() => {
      if (loss$.value === undefined) return call$;
      if (waiting === outboxSize) throw new OutboxFullError(outboxSize);
      waiting++;
      return reachable$.pipe(
        finalize(() => waiting--),
        concatMap(() => call$),
      );
    });
  }

  function orLost(call$: Observable<never>, id: string): Observable<never> {
    const lost$ = loss$.pipe(
      skip(1),
      filter((loss) => loss !== undefined),
      map(({ cause }) => {
        throw new PublishError(id, 'lost', 'the connection was lost', { cause });
      }),
    );
    return merge(lost$, call$.pipe(materialize())).pipe(take(1), dematerialize()); // the first end is the end
  }

  function handle(queue: QueueContract, message: IncomingMessage, context: HandlerContext): Observable<never> {
    function attempt(number: number): Observable<never> {
      return delivered.note(
        { queue: queue.name, message: { ...copyOf(message), attempt: number } },
        defer(() => queue.handle({ ...copyOf(message), attempt: number }, context) ?? EMPTY).pipe(ignoreElements()),
      );
    }

    return defer(() => {
      const twist = script.deliver?.(deliveries++, message, queue.name);
      if (twist?.kind === 'late') return timer(twist.delayMs).pipe(concatMap(() => attempt(message.attempt)));
      if (twist?.kind === 'twice') return concat(attempt(message.attempt), attempt(message.attempt + 1));
      return attempt(message.attempt);
    });
  }
}

function copyOf<M extends OutgoingMessage>(message: M): M {
  return { ...message, headers: { ...message.headers }, body: message.body.slice() };
}

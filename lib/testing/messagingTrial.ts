import {
  catchError,
  ignoreElements,
  lastValueFrom,
  of,
  takeLast,
  throwError,
  timeout,
  type Observable,
  type ObservableInput,
  type Subscription,
} from 'rxjs';
import type {
  ConsumerEvent,
  IncomingMessage,
  OutgoingMessage,
  QueueContract,
  Transport,
} from '../contracts/transport.ts';
import { eventLog, type EventLog } from './eventLog.ts';
import type { MessagingSubject, MessagingTraits } from './messagingSubject.ts';

/** A consumer that a law has started. */
export interface TrialConsumer {
  readonly events: EventLog<
    ConsumerEvent | { readonly kind: 'completed' } | { readonly kind: 'failed'; cause: unknown }
  >;
  /** What its handler was called with. */
  readonly seen: EventLog<IncomingMessage>;
  readonly subscription: Subscription;
}

/** What a law has in its hands. */
export interface Trial {
  readonly subject: MessagingSubject;
  readonly exchange: 'direct' | 'topic';
  /** Longest wait for anything, in ms. */
  readonly deadlineMs: number;
  connect(): Transport;
  /** A name, or a routing key, of this law alone. */
  own(name: string): string;
  log<T>(): EventLog<T>;
  message(id: string, facts?: Partial<OutgoingMessage>): OutgoingMessage;
  /** Consumes `own('q')`, bound to `own('key')`, and waits until it does. */
  consume(transport: Transport, contract?: Partial<QueueContract>): Promise<TrialConsumer>;
  /** Publishes to `own('key')`, one after the other. */
  publish(transport: Transport, ...ids: readonly string[]): Promise<void>;
  /** Resolves when a call has completed, with its last value. */
  done<T>(call$: Observable<T>, what: string): Promise<T | undefined>;
  /** Resolves with what a call errs with; undefined when it completes. */
  failureOf(call$: Observable<unknown>, what: string): Promise<unknown>;
}

/** What one law is checked with. Its names are of nobody else, also on a broker that others use. */
export function messagingTrial(subject: MessagingSubject, traits: MessagingTraits): Trial {
  const { exchange = 'topic', deadlineMs = 10_000 } = traits;
  const mark = `law-${globalThis.crypto.randomUUID().slice(0, 13)}`;

  const inTime = <T>(what: string) =>
    timeout<T, ObservableInput<never>>({
      first: deadlineMs,
      with: () => throwError(() => new Error(`${what} did not end in ${deadlineMs} ms`)),
    });

  const trial: Trial = {
    subject,
    exchange,
    deadlineMs,
    connect: () => subject.connect(),
    own: (name) => `${mark}.${name}`,
    log: () => eventLog(deadlineMs),

    message: (id, facts = {}) => ({
      id,
      routingKey: trial.own('key'),
      contentType: 'application/json',
      headers: {},
      body: new TextEncoder().encode(id),
      ...facts,
    }),

    async consume(transport, contract = {}) {
      const events: TrialConsumer['events'] = trial.log();
      const seen: TrialConsumer['seen'] = trial.log();
      const { handle = () => undefined } = contract;
      const subscription = transport
        .consume({
          kind: 'durable',
          name: trial.own('q'),
          bindings: [trial.own('key')],
          retryDelayMs: 10,
          ...contract,
          handle: (message, context) => {
            seen.add(message);
            return handle(message, context);
          },
        })
        .subscribe({
          next: (event) => events.add(event),
          error: (cause: unknown) => events.add({ kind: 'failed', cause }),
          complete: () => events.add({ kind: 'completed' }),
        });
      await events.until((all) => all.some(({ kind }) => kind === 'consuming'), 'a consumer did not begin');
      return { events, seen, subscription };
    },

    async publish(transport, ...ids) {
      for (const id of ids) await trial.done(transport.publish(trial.message(id)), `the publish of ${id}`);
    },

    done(call$, what) {
      const done = lastValueFrom(call$.pipe(takeLast(1), inTime(what)), { defaultValue: undefined });
      done.catch(() => undefined); // a law that is broken before it looks has said enough
      return done;
    },

    failureOf: (call$, what) =>
      lastValueFrom(
        call$.pipe(
          ignoreElements(),
          catchError((failure: unknown) => of(failure)),
          inTime(what),
        ),
        { defaultValue: undefined },
      ),
  };
  return trial;
}

/** The code of a typed failure. */
export function codeOf(failure: unknown): unknown {
  return failure instanceof Error && 'code' in failure ? failure.code : failure;
}

/** The ids of messages, in order. */
export function idsOf(messages: readonly OutgoingMessage[]): readonly string[] {
  return messages.map(({ id }) => id);
}

/** What it told of one kind, in order. */
export function eventsOf<E extends ConsumerEvent>({ events }: TrialConsumer, kind: E['kind']): readonly E[] {
  return events.all.filter((event): event is E => event.kind === kind);
}

import {
  BehaviorSubject,
  concat,
  defer,
  EMPTY,
  endWith,
  filter,
  finalize,
  ignoreElements,
  merge,
  mergeMap,
  Observable,
  ReplaySubject,
  Subscription,
  take,
  takeUntil,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import { checkMessage } from '../../boundary/checkMessage.ts';
import { queueTerms } from '../../boundary/queueTerms.ts';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import { UnreachableError } from '../../contracts/failure.ts';
import type { Transport, TransportState } from '../../contracts/transport.ts';
import { Backoff } from './backoff.ts';
import { combinedState } from './combinedState.ts';
import { consumer } from './consumer.ts';
import { Link } from './link.ts';
import { rabbitmqTerms, type RabbitmqOptions } from './options.ts';
import { Outbox } from './outbox.ts';
import { publisher } from './publisher.ts';
import { redrive } from './redrive.ts';
import { toLetter } from './wire.ts';

type Phase = 'new' | 'open' | 'draining' | 'flushing' | 'closed';

/** Messages that are moved are bounded by what consumers take, and are never given up before their channel is. */
const MOVES = { window: 1_000, size: Infinity, maxBytes: Infinity, overflow: 'block', timeoutMs: Infinity } as const;

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
  const { address, exchange, random, maxReconnectDelayMs, stableMs, publishTimeoutMs } = terms;
  const name = `${address.shown} ${exchange.name}`;
  const backoff = () => new Backoff({ random, maxDelayMs: maxReconnectDelayMs, stableMs });
  const linkFor = (purpose: string) => {
    const { tls, heartbeatSeconds, connectTimeoutMs: timeoutMs } = terms;
    return new Link(
      { address, tls, heartbeatSeconds, timeoutMs, clientName: `rxfan ${exchange.name} ${purpose}` },
      backoff(),
    );
  };
  const publishing = linkFor('publish');
  const consuming = linkFor('consume');
  const outbox = new Outbox({
    ...{ name, window: terms.window, size: terms.outboxSize, maxBytes: terms.outboxBytes },
    ...{ overflow: terms.overflow, timeoutMs: publishTimeoutMs },
  });
  const moves = new Outbox({ ...MOVES, name });

  const running = new Subscription();
  const state$ = new ReplaySubject<TransportState>(1);
  const draining$ = new ReplaySubject<void>(1);
  const aborted$ = new ReplaySubject<void>(1);
  const consumers$ = new BehaviorSubject(0);
  const transient = new Map<string, string>();
  const parts = { link: consuming, topology: terms, moves, backoff, transient, draining$, aborted$ };
  let phase: Phase = 'new';

  const start = () => {
    if (phase !== 'new') return;
    phase = 'open';
    running.add(combinedState([publishing.state$, consuming.state$]).subscribe((state) => state$.next(state)));
    publishing.start();
    consuming.start();
    for (const box of [outbox, moves]) running.add(publisher(publishing, box, exchange, backoff()).subscribe());
  };
  /** Something that needs a transport that is open, or not closed at least. */
  const whileIn = <A>(phases: readonly Phase[], work: () => Observable<A>): Observable<A> =>
    defer(() => {
      start();
      return phases.includes(phase) ? work() : throwError(() => new ClosedError(name));
    });

  const release = () => {
    phase = 'closed';
    aborted$.next();
    for (const box of [outbox, moves]) box.close();
    for (const link of [publishing, consuming]) link.destroy();
    running.unsubscribe();
    state$.next('closed');
    state$.complete();
    return EMPTY;
  };
  const whenIdle = (idle$: Observable<boolean>) => idle$.pipe(filter(Boolean), take(1), ignoreElements());
  const leave = () => {
    if (phase === 'new') return EMPTY;
    phase = 'draining';
    draining$.next();
    const drained$ = consumers$.pipe(
      filter((count) => count === 0),
      take(1),
      ignoreElements(),
    );
    const flushed$ = defer(() => {
      phase = 'flushing';
      return merge(whenIdle(outbox.idle$), whenIdle(moves.idle$));
    });
    return concat(
      drained$,
      flushed$,
      defer(() => merge(publishing.leave(), consuming.leave())),
    );
  };
  let closing$: ReplaySubject<never> | undefined;

  return {
    name,
    state$: new Observable((subscriber) => {
      start();
      return state$.subscribe(subscriber);
    }),
    publish: (message) =>
      whileIn(['open', 'draining'], () => {
        checkMessage(message);
        return outbox.send(toLetter(message, exchange.name));
      }),
    consume: (queue) => {
      const contract = queueTerms(queue, exchange.type);
      return whileIn(['open'], () => {
        consumers$.next(consumers$.value + 1);
        return consumer(contract, parts).pipe(finalize(() => consumers$.next(consumers$.value - 1)));
      });
    },
    redrive: (queue, { max = Infinity } = {}) =>
      whileIn(['open'], () =>
        consuming.session$.pipe(
          mergeMap((session) => (session.kind === 'connected' ? [session.model] : [])),
          take(1),
          timeout({
            first: publishTimeoutMs,
            with: () => throwError(() => new UnreachableError(name, `no connection within ${publishTimeoutMs} ms`)),
          }),
          mergeMap((model) => redrive(model, moves, { name: queue, queue: transient.get(queue) ?? queue, max })),
        ),
      ),
    close: ({ deadlineMs = 10_000 } = {}) =>
      defer(() => {
        if (!closing$) {
          closing$ = new ReplaySubject();
          const left$ = leave().pipe(takeUntil(timer(deadlineMs)));
          concat(left$, defer(release)).subscribe(closing$);
        }
        return closing$;
      }),
  };
}

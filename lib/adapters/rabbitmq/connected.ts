import type { ChannelModel } from 'amqplib';
import {
  BehaviorSubject,
  concat,
  defer,
  EMPTY,
  filter,
  finalize,
  ignoreElements,
  merge,
  mergeMap,
  Observable,
  of,
  ReplaySubject,
  Subscription,
  take,
  takeUntil,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import type { QueueTerms } from '../../boundary/queueTerms.ts';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import { UnreachableError } from '../../contracts/failure.ts';
import type { ConsumerEvent, OutgoingMessage, TransportState } from '../../contracts/transport.ts';
import { Backoff } from './backoff.ts';
import { combinedState } from './combinedState.ts';
import { consumer } from './consumer.ts';
import { deadLetterCount } from './deadLetterCount.ts';
import { Link } from './link.ts';
import type { RabbitmqTerms } from './options.ts';
import { Outbox } from './outbox.ts';
import { publisher } from './publisher.ts';
import { redrive } from './redrive.ts';
import { toLetter } from './wire.ts';

/** Messages that are moved are bounded by what consumers take, and are never given up before their channel is. */
const MOVES = { window: 1_000, size: Infinity, maxBytes: Infinity, overflow: 'block', timeoutMs: Infinity } as const;

/** Two connections with what goes over them, from their first use to the end. */
export class Connected {
  readonly state$: Observable<TransportState>;
  private readonly name: string;
  private readonly terms: RabbitmqTerms;
  readonly publishing: Link;
  private readonly consuming: Link;
  readonly outbox: Outbox;
  private readonly moves: Outbox;
  private readonly states$ = new ReplaySubject<TransportState>(1);
  private readonly draining$ = new ReplaySubject<void>(1);
  private readonly aborted$ = new ReplaySubject<void>(1);
  private readonly consumers$ = new BehaviorSubject(0);
  private readonly transient = new Map<string, string>();
  private readonly running = new Subscription();
  phase: 'new' | 'open' | 'draining' | 'closed' = 'new';
  private closing$: ReplaySubject<never> | undefined;

  constructor(name: string, terms: RabbitmqTerms) {
    const { window, outboxSize: size, outboxBytes: maxBytes, overflow, publishTimeoutMs: timeoutMs } = terms;
    this.name = name;
    this.terms = terms;
    this.publishing = this.createLink('publish');
    this.consuming = this.createLink('consume');
    this.outbox = new Outbox({ name, window, size, maxBytes, overflow, timeoutMs });
    this.moves = new Outbox({ ...MOVES, name });
    this.state$ = new Observable((subscriber) => {
      this.start();
      return this.states$.subscribe(subscriber);
    });
  }

  /** Handlers that finish while it is being closed still publish. */
  publish(message: OutgoingMessage): Observable<never> {
    if (this.phase === 'new') this.start();
    return this.outbox.send(toLetter(message, this.terms.exchange.name));
  }

  consume(terms: QueueTerms): Observable<ConsumerEvent> {
    return this.whileOpen(() => {
      const { consuming: link, terms: topology, moves, transient, draining$, aborted$, consumers$ } = this;
      consumers$.next(consumers$.value + 1);
      const parts = { link, topology, moves, backoff: () => this.createBackoff(), transient, draining$, aborted$ };
      return consumer(terms, parts).pipe(finalize(() => consumers$.next(consumers$.value - 1)));
    });
  }

  redrive(name: string, max: number): Observable<number> {
    const { moves, transient } = this;
    return this.whenConnected((model) => redrive(model, moves, { name, queue: transient.get(name) ?? name, max }));
  }

  deadLetters(name: string): Observable<number> {
    return this.whenConnected((model) => deadLetterCount(model, { name, queue: this.transient.get(name) ?? name }));
  }

  close(deadlineMs: number): Observable<never> {
    return defer(() => {
      if (!this.closing$) {
        this.closing$ = new ReplaySubject<never>(1);
        const left$ = this.leave().pipe(takeUntil(timer(deadlineMs)));
        concat(
          left$,
          defer(() => this.release()),
        ).subscribe(this.closing$);
      }
      return this.closing$;
    });
  }

  /** Within the time that a publish may take. */
  private whenConnected<A>(work: (model: ChannelModel) => Observable<A>): Observable<A> {
    const { publishTimeoutMs: first } = this.terms;
    const late = () => new UnreachableError(this.name, `no connection within ${first} ms`);
    return this.whileOpen(() =>
      this.consuming.session$.pipe(
        mergeMap((session) => (session.kind === 'connected' ? of(session.model) : EMPTY)),
        take(1),
        timeout({ first, with: () => throwError(late) }),
        mergeMap(work),
      ),
    );
  }

  private whileOpen<A>(work: () => Observable<A>): Observable<A> {
    return defer(() => {
      this.start();
      return this.phase === 'open' ? work() : throwError(() => new ClosedError(this.name));
    });
  }

  private start(): void {
    if (this.phase !== 'new') return;
    this.phase = 'open';
    const { publishing, consuming, outbox, moves, running, terms } = this;
    running.add(
      combinedState([publishing.state$, consuming.state$]).subscribe({
        next: (state) => this.states$.next(state),
        error: (cause: unknown) => this.states$.error(cause),
      }),
    );
    for (const box of [outbox, moves]) {
      running.add(publisher(publishing, box, terms.exchange, this.createBackoff()).subscribe());
    }
    publishing.start();
    consuming.start();
  }

  /** In peace: consumers finish, then what is published is confirmed, then both connections are closed. */
  private leave(): Observable<never> {
    if (this.phase === 'new') return EMPTY;
    this.phase = 'draining';
    this.draining$.next();
    return concat(
      whenTrue(this.consumers$, (count) => count === 0),
      defer(() => {
        this.outbox.stop();
        return merge(...[this.outbox, this.moves].map(({ idle$ }) => whenTrue(idle$, Boolean)));
      }),
      defer(() => merge(this.publishing.leave(), this.consuming.leave())),
    );
  }

  /** Whatever is left is given up. */
  private release(): Observable<never> {
    this.phase = 'closed';
    this.aborted$.next();
    for (const box of [this.outbox, this.moves]) box.close();
    for (const link of [this.publishing, this.consuming]) link.destroy();
    this.running.unsubscribe();
    this.states$.next('closed');
    this.states$.complete();
    return EMPTY;
  }

  private createLink(purpose: string): Link {
    const { address, tls, heartbeatSeconds, connectTimeoutMs: timeoutMs, exchange } = this.terms;
    const clientName = `rxfan ${exchange.name} ${purpose}`;
    return new Link({ address, tls, heartbeatSeconds, timeoutMs, clientName }, this.createBackoff());
  }

  private createBackoff(): Backoff {
    const { random, maxReconnectDelayMs: maxDelayMs, stableMs } = this.terms;
    return new Backoff({ random, maxDelayMs, stableMs });
  }
}

/** Completes as soon as it is so. */
function whenTrue<A>(values$: Observable<A>, isSo: (value: A) => boolean): Observable<never> {
  return values$.pipe(filter(isSo), take(1), ignoreElements());
}

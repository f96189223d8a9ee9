import { asyncScheduler } from 'rxjs';
import { carrier } from '../../../operators/internal/carrier.ts';
import { inspector } from '../../../operators/internal/inspector.ts';
import type { Began } from '../../../operators/internal/turn.ts';
import type { Handled } from '../../contracts/handled.ts';
import { Deadlines, type Deadline } from '../paging/deadlines.ts';
import { Attempt, type AttemptHost } from './attempt.ts';
import { callHandler } from './callHandler.ts';
import { callSeen } from './callSeen.ts';
import type { Cap } from './cap.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Feeds } from './feeds.ts';
import type { Publication } from './publication.ts';
import { retryWaitMs } from './retryWaitMs.ts';
import type { RunnerHost } from './runnerHost.ts';
import { RunningAttempts } from './runningAttempts.ts';
import { startCarried } from './startCarried.ts';
import type { Terms } from './terms.ts';

/** Runs values through a handler, attempt after attempt, until each is settled. */
export class Runner<A> implements AttemptHost<A> {
  /** Attempts beyond the first ones. */
  retried = 0;
  private readonly host: RunnerHost<A>;
  private readonly feeds: Feeds<A>;
  readonly terms: Terms<A>;
  private readonly dispatcher: Dispatcher;
  private readonly cap: Cap;
  private readonly deadlines: Deadlines | undefined;
  readonly attempts = new RunningAttempts<A>(); // those that were not over when their handler returned
  private readonly call = inspector.current ? callSeen : callHandler;
  private isCancelled = false;

  constructor(host: RunnerHost<A>, feeds: Feeds<A>, terms: Terms<A>, dispatcher: Dispatcher, cap: Cap) {
    this.host = host;
    this.feeds = feeds;
    this.terms = terms;
    this.dispatcher = dispatcher;
    this.cap = cap;
    this.deadlines = terms.timeoutMs === Infinity ? undefined : new Deadlines(terms.timeoutMs);
  }

  /** Whether it is settled when this returns. `waits`: since when it has waited, if it has. */
  run(publication: Publication<A>, waits: Began | undefined): boolean {
    const attempt = new Attempt(this, publication, 1);
    if (!this.terms.isSimple || carrier.current) return this.start(attempt, waits);
    return this.returned(attempt, this.call(this.terms, attempt));
  }

  /** Ends everything that runs, and lets go of the cap; a handler that has not returned, when it does. */
  cancel(): void {
    this.isCancelled = true;
    for (const attempt of this.attempts.all()) this.discard(attempt);
    this.deadlines?.stop();
    this.cap.stop();
  }

  stopped(deadline: Deadline): void {
    this.deadlines?.settle(deadline);
  }

  succeeded(attempt: Attempt<A>): void {
    this.look(attempt, false);
    this.attempts.leave(attempt);
    this.host.succeeded(attempt.publication);
  }

  failed(attempt: Attempt<A>, cause: unknown): void {
    this.look(attempt, true);
    const waitMs = retryWaitMs(this.terms.retry, attempt.attempt, cause, (call) => this.guarded(attempt, call));
    this.attempts.leave(attempt);
    if (waitMs === undefined || this.isCancelled) this.host.failed(attempt.publication, attempt.attempt, cause);
    else this.retry(attempt, waitMs);
  }

  guarded<T>({ publication, attempt }: Attempt<A>, call: () => T): T | undefined {
    return this.feeds.guarded(call, publication, attempt);
  }

  private start(attempt: Attempt<A>, waits: Began | undefined): boolean {
    return carrier.current ? startCarried(this, attempt, waits) : this.begin(attempt);
  }

  begin(attempt: Attempt<A>): boolean {
    return this.terms.isSimple ? this.follow(attempt, this.call(this.terms, attempt)) : this.startWatched(attempt);
  }

  private returned(attempt: Attempt<A>, result: Handled): boolean {
    if (result !== undefined || this.isCancelled) return this.follow(attempt, result);
    attempt.state = 'succeeded'; // the short way, which nearly every synchronous handler takes
    this.host.succeeded(attempt.publication);
    return true;
  }

  private startWatched(attempt: Attempt<A>): boolean {
    const { dispatcher } = this;
    const { handling } = dispatcher;
    dispatcher.handling = this.host;
    const deadline = this.deadlines?.startNew((late) => attempt.fail(late));
    attempt.time = { startedAt: asyncScheduler.now(), deadline };
    const isSettled = this.follow(attempt, this.call(this.terms, attempt));
    dispatcher.handling = handling;
    return isSettled;
  }

  /** Ends an attempt as what its handler returned does. Whether it is settled when this returns. */
  follow(attempt: Attempt<A>, result: Handled): boolean {
    this.attempts.enter(attempt);
    if (this.isCancelled) this.discard(attempt); // by its own handler
    if (result === undefined) attempt.succeed();
    else if (result instanceof Promise) this.attempts.follow(attempt, result);
    else attempt.follow(result);
    return attempt.state !== 'live' && attempt.state !== 'retried';
  }

  /** It keeps its place: what comes after it must not overtake it. It starts as all do: what it publishes waits. */
  private retry(failed: Attempt<A>, waitMs: number): void {
    const next = new Attempt(this, failed.publication, failed.attempt + 1);
    failed.state = 'retried';
    this.retried++;
    this.attempts.enter(next);
    next.wait(waitMs, (waits) =>
      this.dispatcher.enter(() => {
        if (next.state === 'live') this.start(next, waits);
      }),
    );
  }

  private discard(attempt: Attempt<A>): void {
    if (!attempt.cancel()) return;
    this.attempts.leave(attempt);
    this.host.discarded(attempt.publication);
  }

  private look(attempt: Attempt<A>, hasFailed: boolean): void {
    const { observe } = this.cap;
    if (observe) this.guarded(attempt, () => observe(asyncScheduler.now() - attempt.time!.startedAt, hasFailed));
  }
}

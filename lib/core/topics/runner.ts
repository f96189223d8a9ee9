import { asyncScheduler } from 'rxjs';
import type { DeliveryError } from '../../contracts/deliveryFailure.ts';
import { createDeadlines, type Deadlines } from '../paging/deadlines.ts';
import { Attempt, type AttemptHost } from './attempt.ts';
import type { Cap } from './cap.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Publication } from './publication.ts';
import { retryDelayMs } from './retryDelayMs.ts';
import type { Terms } from './terms.ts';

/** How a value that was run has ended. */
export type RunOutcome = 'succeeded' | 'failed' | 'discarded';

/** What a {@link Runner} needs to know. */
export interface RunnerOptions<A> {
  readonly terms: Terms<A>;
  readonly cap: Cap;
  readonly dispatcher: Dispatcher;
  /** Who is handling while a handler is called. */
  readonly subscriber: object;
  readonly errorOf: (publication: Publication<A>, attempt: number, cause: unknown) => DeliveryError;
  /** Calls back a user, whose mistake is told and does no harm. */
  readonly guarded: (call: () => void) => void;
  readonly settled: (publication: Publication<A>, outcome: RunOutcome, error?: DeliveryError) => void;
}

/** Runs values through a handler, attempt after attempt, until each is settled. */
export class Runner<A> implements AttemptHost<A> {
  readonly handle: Terms<A>['handle'];
  readonly deadlines: Deadlines | undefined;
  /** Attempts beyond the first ones. */
  retried = 0;
  private readonly options: RunnerOptions<A>;
  private readonly attempts = new Set<Attempt<A>>(); // those that were not over when their handler returned
  private current: Attempt<A> | undefined; // the one whose handler has not returned
  private isCurrentSettled = false;

  constructor(options: RunnerOptions<A>) {
    const { handle, timeoutMs } = options.terms;
    this.options = options;
    this.handle = handle;
    this.deadlines = timeoutMs === Infinity ? undefined : createDeadlines(timeoutMs);
  }

  /** Whether it is settled when this returns. */
  run(publication: Publication<A>): boolean {
    return this.start(new Attempt(this, publication, 1));
  }

  /** Ends everything that runs. */
  cancel(): void {
    const attempts = [...this.attempts, ...(this.current?.isOver === false ? [this.current] : [])];
    for (const attempt of attempts) {
      attempt.cancel();
      this.settle(attempt, 'discarded');
    }
  }

  stop(): void {
    this.deadlines?.stop();
  }

  succeeded(attempt: Attempt<A>): void {
    this.observe(attempt, false);
    this.settle(attempt, 'succeeded');
  }

  failed(attempt: Attempt<A>, cause: unknown): void {
    const { terms, errorOf } = this.options;
    this.observe(attempt, true);
    if (attempt.attempt <= terms.retry.retries && this.isWorthRetrying(cause)) this.retry(attempt);
    else this.settle(attempt, 'failed', errorOf(attempt.publication, attempt.attempt, cause));
  }

  private start(attempt: Attempt<A>): boolean {
    const { dispatcher, subscriber, cap } = this.options;
    const { handling } = dispatcher;
    dispatcher.handling = subscriber;
    this.current = attempt;
    this.isCurrentSettled = false;
    if (cap.observe) attempt.startedAt = asyncScheduler.now();
    attempt.start();
    this.current = undefined;
    dispatcher.handling = handling;
    if (!attempt.isOver) this.attempts.add(attempt);
    return this.isCurrentSettled;
  }

  /** It keeps its place: what comes after it must not overtake it. */
  private retry(failed: Attempt<A>): void {
    const next = new Attempt(this, failed.publication, failed.attempt + 1);
    this.retried++;
    this.attempts.delete(failed);
    this.attempts.add(next);
    next.wait(retryDelayMs(this.options.terms.retry, failed.attempt), () => this.start(next));
  }

  private settle(attempt: Attempt<A>, outcome: RunOutcome, error?: DeliveryError): void {
    this.attempts.delete(attempt);
    if (attempt === this.current) this.isCurrentSettled = true;
    this.options.settled(attempt.publication, outcome, error);
  }

  private observe({ startedAt }: Attempt<A>, hasFailed: boolean): void {
    const { cap, guarded } = this.options;
    if (cap.observe) guarded(() => cap.observe?.(asyncScheduler.now() - startedAt, hasFailed));
  }

  private isWorthRetrying(cause: unknown): boolean {
    const { terms, guarded } = this.options;
    let isWorth = false;
    guarded(() => (isWorth = terms.retry.retryOn(cause)));
    return isWorth;
  }
}

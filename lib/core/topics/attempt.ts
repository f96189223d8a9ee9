import { asyncScheduler, from, Observable, type ObservableInput, type Subscription } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import type { Stretch } from '../../../operators/internal/carrier.ts';
import { runFor } from '../../../operators/internal/heldUp.ts';
import type { Began } from '../../../operators/internal/turn.ts';
import type { DeliveryContext } from '../../contracts/delivery.ts';
import type { Deadline } from '../paging/deadlines.ts';
import type { Publication } from './publication.ts';

/** When an attempt began, in ms of the clock, and when it is late. */
export interface AttemptTime {
  readonly startedAt: number;
  readonly deadline?: Deadline | undefined;
  /** When it is to begin, while it waits for that. */
  readonly retryAt?: number;
}

/** Who wants a value handled, and what becomes of it. */
export interface AttemptHost<A> {
  /** Takes the deadline of an attempt that has ended, whichever way; before all else. */
  stopped(deadline: Deadline): void;
  succeeded(attempt: Attempt<A>): void;
  failed(attempt: Attempt<A>, cause: unknown): void;
  /** Calls back a user, whose mistake is told and does no harm. */
  guarded<T>(attempt: Attempt<A>, call: () => T): T | undefined;
}

/** What few attempts have: the others are smaller without a place for it, and a twentieth faster, measured. */
interface Extras {
  stretch: Stretch | undefined;
  work: Subscription | undefined;
  controller: AbortController | undefined;
}

/** What somebody is told who follows a value whose attempt was given up. */
const CANCELLED = Object.assign(new Error('it was cancelled'), { name: 'Cancelled' });

/** One call of a handler, and what the handler is told of it. It ends once: it succeeds, fails, is late, or is cancelled. */
export class Attempt<A> implements DeliveryContext {
  readonly publication: Publication<A>;
  readonly attempt: number;
  /** `retried`: it failed, and there will be another one. */
  state: 'live' | 'succeeded' | 'failed' | 'retried' | 'cancelled' = 'live';
  /** Where it stands among those that run; -1 while it does not. */
  place = -1;
  /** Absent where nobody looks at it. */
  time: AttemptTime | undefined = undefined;
  private readonly host: AttemptHost<A>;
  private extras: Extras | undefined = undefined;

  constructor(host: AttemptHost<A>, publication: Publication<A>, attempt: number) {
    this.host = host;
    this.publication = publication;
    this.attempt = attempt;
  }

  get topic(): string {
    return this.publication.topic;
  }

  get id(): number {
    return this.publication.id;
  }

  /** Made when the handler asks for it: most never do. */
  get signal(): AbortSignal {
    const controller = (this.extra().controller ??= new AbortController());
    if (this.state !== 'live' && this.state !== 'succeeded') controller.abort();
    return controller.signal;
  }

  /** The step that it is for somebody who follows its value: ended with it. */
  set stretch(stretch: Stretch) {
    this.extra().stretch = stretch;
  }

  /** Waits before it is started, unless it is cancelled meanwhile. `start` takes since when. */
  wait(delayMs: number, start: (since: Began) => void): void {
    const since = { startedAt: asyncScheduler.now() };
    this.time = { ...since, retryAt: since.startedAt + delayMs };
    const extra = this.extra();
    extra.work = after(delayMs, () => {
      extra.work = undefined;
      this.time = { startedAt: asyncScheduler.now() };
      start(since);
    });
  }

  /** Ends as what the handler returned does. */
  follow(result: ObservableInput<unknown>): void {
    if (this.state !== 'live') return;
    new Observable<unknown>((upstream) => {
      this.extra().work = upstream; // before it runs, so that it can be cancelled from within
      return runFor(this, () => from(result).subscribe(upstream));
    }).subscribe({ error: (cause: unknown) => this.fail(cause), complete: () => this.succeed() });
  }

  fail(cause: unknown): void {
    if (!this.end('failed', cause)) return;
    this.extras?.controller?.abort(); // what it has begun must not go on, and not beside the next attempt
    this.host.failed(this, cause);
  }

  succeed(): void {
    if (this.end('succeeded')) this.host.succeeded(this);
  }

  /** False when it was over before. */
  cancel(): boolean {
    if (!this.end('cancelled')) return false;
    this.extras?.controller?.abort();
    return true;
  }

  private end(state: 'succeeded' | 'failed' | 'cancelled', failure?: unknown): boolean {
    if (this.state !== 'live') return false;
    this.state = state;
    this.extras?.stretch?.end(state === 'cancelled' ? { failure: CANCELLED } : { failure });
    if (this.time?.deadline) this.host.stopped(this.time.deadline);
    const work = this.extras?.work;
    if (work) this.host.guarded(this, () => work.unsubscribe());
    return true;
  }

  private extra(): Extras {
    return (this.extras ??= { stretch: undefined, work: undefined, controller: undefined });
  }
}

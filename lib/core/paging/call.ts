import { asyncScheduler, from, type ObservableInput, type Subscription } from 'rxjs';
import type { DeadlineError } from '../../contracts/sourceFailure.ts';
import type { Deadline, Deadlines } from './deadlines.ts';

/** One call under way: ended by its answer, or cancelled. */
export class Call implements Deadline {
  readonly startedAt: number;
  readonly dueAt: number;
  readonly missed: (error: DeadlineError) => void;
  private readonly deadlines: Deadlines;
  private subscription: Subscription | undefined = undefined;
  private controller: AbortController | undefined = undefined;
  private isOver = false;

  constructor(deadlines: Deadlines, missed: (error: DeadlineError) => void) {
    this.deadlines = deadlines;
    this.missed = missed;
    this.startedAt = asyncScheduler.now();
    this.dueAt = deadlines.dueAfter(this.startedAt);
    deadlines.start(this);
  }

  listen<T>(answers: ObservableInput<T>, next: (value: T) => void, error: (cause: unknown) => void): void {
    // A promise needs no subscription: when its call is over, nobody looks at what it settles with.
    if (answers instanceof Promise) {
      void answers.then(next, error);
      return;
    }
    const complete = () => error(new Error('it completed without a page'));
    this.subscription = from(answers).subscribe({ next, error, complete });
    if (this.isOver) this.subscription.unsubscribe(); // it answered before it returned
  }

  signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.isOver) this.controller.abort();
    return this.controller.signal;
  }

  end(): void {
    this.isOver = true;
    this.deadlines.settle(this);
    this.subscription?.unsubscribe();
  }

  cancel(): void {
    this.end();
    this.controller?.abort();
  }
}

import { defer, EMPTY, Observable, type Subscription } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import { listen } from '../../../operators/internal/listen.ts';
import { StoreError } from '../../contracts/jobFailure.ts';
import type { JobRecord, JobStore } from '../../contracts/jobStore.ts';
import { DeadlineError } from '../../contracts/sourceFailure.ts';

/** Where a {@link Journal} writes, and who is told. */
export interface JournalOptions {
  readonly store: JobStore | undefined;
  readonly storeTimeoutMs: number;
  readonly failed: (error: StoreError) => void;
  /** Called when nothing is to be written any more. */
  readonly idle: () => void;
}

/** What is to be done about one token, and who waits for it. */
interface Step {
  readonly action: 'put' | 'remove';
  /** Made when it is written: it is never older than what was written before. */
  readonly record: (() => JobRecord) | undefined;
  readonly done: (error?: StoreError) => void;
}

interface Page {
  next: Step | undefined;
  writing: Subscription | undefined;
}

/** Writes jobs to the store: one thing at a time about each of them, and of what waits only the latest. */
export class Journal {
  private readonly options: JournalOptions;
  private readonly pages = new Map<string, Page>();

  constructor(options: JournalOptions) {
    this.options = options;
  }

  get isIdle(): boolean {
    return this.pages.size === 0;
  }

  /** Writes the record as it is when its turn comes. `done` is told the failure as well as `failed`. */
  put(token: string, record: () => JobRecord, done: Step['done'] = () => undefined): void {
    this.write(token, { action: 'put', record, done });
  }

  remove(token: string): void {
    this.write(token, { action: 'remove', record: undefined, done: () => undefined });
  }

  /** Every record of the store. */
  list(): Observable<JobRecord> {
    const { store } = this.options;
    return store ? this.asked('list', undefined, () => store.list()) : EMPTY;
  }

  /** Lets go of what is being written, and of what is not. */
  stop(): void {
    for (const page of this.pages.values()) {
      page.next = undefined;
      page.writing?.unsubscribe();
    }
    this.pages.clear();
  }

  private write(token: string, step: Step): void {
    if (!this.options.store) {
      step.done();
      return;
    }
    const page = this.pages.get(token);
    if (page) {
      page.next = page.next ? both(page.next, step) : step;
      return;
    }
    const opened: Page = { next: step, writing: undefined };
    this.pages.set(token, opened);
    this.turn(token, opened);
  }

  /** Step after step; those that are done at once take no stack. */
  private turn(token: string, page: Page): void {
    let isSync = true;
    let isDone = true;
    while (isDone && page.next) {
      const { action, record, done } = page.next;
      const { store } = this.options;
      page.next = undefined;
      isDone = false;
      const settled = (error?: StoreError) => {
        isDone = true;
        if (error) this.options.failed(error);
        done(error);
        if (!isSync) this.turn(token, page);
      };
      page.writing = this.asked(action, token, () => (record ? store!.put(record()) : store!.remove(token))).subscribe({
        error: settled,
        complete: () => settled(),
      });
    }
    isSync = false;
    if (!isDone || this.pages.get(token) !== page) return;
    this.pages.delete(token);
    if (this.isIdle) this.options.idle();
  }

  private asked<T>(action: StoreError['action'], token: string | undefined, ask: () => Observable<T>): Observable<T> {
    const { storeTimeoutMs } = this.options;
    return new Observable<T>((subscriber) => {
      const error = (cause: unknown) => subscriber.error(new StoreError(action, token, { cause }));
      subscriber.add(after(storeTimeoutMs, () => error(new DeadlineError(storeTimeoutMs))));
      listen(defer(ask), subscriber, { next: (value) => subscriber.next(value), error });
    });
  }
}

/** The later step, which whoever waits for the earlier one waits for now. */
function both(earlier: Step, later: Step): Step {
  return {
    ...later,
    done: (error) => {
      earlier.done(error);
      later.done(error);
    },
  };
}

import { from, Observable, type ObservableInput, type Subscription } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import type { DeliveryContext } from '../../contracts/delivery.ts';
import type { Deadline, Deadlines } from '../paging/deadlines.ts';
import type { Publication } from './publication.ts';

/** Who wants a value handled, and what becomes of it. */
export interface AttemptHost<A> {
  readonly handle: (value: A, delivery: DeliveryContext) => ObservableInput<unknown> | void;
  /** Absent where attempts may take any time. */
  readonly deadlines: Deadlines | undefined;
  readonly succeeded: (attempt: Attempt<A>) => void;
  readonly failed: (attempt: Attempt<A>, cause: unknown) => void;
}

/** One call of a handler, and what the handler is told of it. It ends once: it succeeds, fails, is late, or is cancelled. */
export class Attempt<A> implements DeliveryContext {
  readonly publication: Publication<A>;
  readonly attempt: number;
  isOver = false;
  /** In ms of the clock; set where somebody looks at it. */
  startedAt = 0;
  private readonly host: AttemptHost<A>;
  private deadline: Deadline | undefined;
  private work: Subscription | undefined;
  private controller: AbortController | undefined;
  private isAborted = false;

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
    this.controller ??= new AbortController();
    if (this.isAborted) this.controller.abort();
    return this.controller.signal;
  }

  start(): void {
    this.deadline = this.host.deadlines?.start((late) => this.fail(late));
    let result: ObservableInput<unknown> | void;
    try {
      result = this.host.handle(this.publication.value, this);
    } catch (thrown) {
      this.fail(thrown);
      return;
    }
    if (result === undefined) this.succeed();
    else this.follow(result);
  }

  /** Waits before it is started, unless it is cancelled meanwhile. */
  wait(delayMs: number, start: () => void): void {
    this.work = after(delayMs, () => {
      this.work = undefined;
      start();
    });
  }

  cancel(): void {
    if (this.end()) this.abort();
  }

  private follow(result: ObservableInput<unknown>): void {
    if (result instanceof Promise) {
      // Without a subscription of its own, and with its rejection taken whoever has left.
      result.then(
        () => this.succeed(),
        (cause: unknown) => this.fail(cause),
      );
      return;
    }
    if (this.isOver) return;
    new Observable<unknown>((upstream) => {
      this.work = upstream; // before it runs, so that it can be cancelled from within
      return from(result).subscribe(upstream);
    }).subscribe({ error: (cause: unknown) => this.fail(cause), complete: () => this.succeed() });
  }

  private succeed(): void {
    if (this.end()) this.host.succeeded(this);
  }

  private fail(cause: unknown): void {
    if (!this.end()) return;
    this.abort(); // what it has begun must not go on, and not beside the next attempt
    this.host.failed(this, cause);
  }

  /** False when it was over before. */
  private end(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    if (this.deadline) this.host.deadlines?.settle(this.deadline);
    this.work?.unsubscribe();
    return true;
  }

  private abort(): void {
    this.isAborted = true;
    this.controller?.abort();
  }
}

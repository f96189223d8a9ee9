import { from, type Subscription, type ObservableInput } from 'rxjs';
import type { IncomingMessage, QueueContract } from '../../contracts/transport.ts';

/** How a handler ended. */
export interface RunEnd {
  succeeded(): void;
  failed(cause: unknown): void;
  /** Nothing of it runs any more; after one of the above, or in its place. */
  over(run: HandlerRun): void;
}

/** A handler that runs. */
export interface HandlerRun {
  /** Aborts it. A promise cannot be stopped: it is over when it has settled. */
  abort(): void;
}

/** The signal is made when a handler asks for it: most do not. */
class HandlerContext {
  private controller: AbortController | undefined = undefined;
  private isAborted = false;

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.isAborted) this.controller.abort();
    return this.controller.signal;
  }

  abort(): void {
    this.isAborted = true;
    this.controller?.abort();
  }
}

/** Calls a handler and follows what it returns; undefined when it is over already. */
export function runHandler(
  handle: QueueContract['handle'],
  message: IncomingMessage,
  end: RunEnd,
): HandlerRun | undefined {
  const run = new Run(end);
  run.start(handle, message);
  return run.isOver ? undefined : run;
}

class Run implements HandlerRun {
  isOver = false;
  private readonly end: RunEnd;
  private readonly context = new HandlerContext();
  private following: Subscription | undefined = undefined;
  private isPromise = false;

  constructor(end: RunEnd) {
    this.end = end;
  }

  start(handle: QueueContract['handle'], message: IncomingMessage): void {
    try {
      const handled$ = handle(message, this.context);
      if (handled$ === undefined) this.succeed();
      else this.follow(handled$);
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  abort(): void {
    this.context.abort();
    if (this.isPromise) return;
    this.following?.unsubscribe();
    this.finish();
  }

  private follow(result: ObservableInput<unknown>): void {
    this.isPromise = result instanceof Promise;
    this.following = from(result).subscribe({
      error: (cause: unknown) => this.fail(cause),
      complete: () => this.succeed(),
    });
  }

  private succeed(): void {
    if (!this.isOver) this.end.succeeded();
    this.finish();
  }

  private fail(cause: unknown): void {
    if (!this.isOver) this.end.failed(cause);
    this.finish();
  }

  private finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.end.over(this);
  }
}

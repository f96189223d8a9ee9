import { from, Subscription } from 'rxjs';
import type { IncomingMessage, QueueContract } from '../../contracts/transport.ts';

/** How a handler ended. */
export interface RunEnd {
  succeeded(): void;
  failed(cause: unknown): void;
  /** Nothing of it runs any more; after one of the above, or in its place. */
  over(): void;
}

/** A handler that runs. */
export interface HandlerRun {
  /** Aborts it. A promise cannot be stopped: it is over when it has settled. */
  abort(): void;
}

/** The signal is made when a handler asks for it: most do not. */
class HandlerContext {
  private controller: AbortController | undefined;
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
  const context = new HandlerContext();
  const running = new Subscription();
  let isOver = false;
  const finish = (tell: () => void) => {
    if (isOver) return;
    isOver = true;
    tell();
    end.over();
  };
  const fail = (cause: unknown) => finish(() => end.failed(cause));

  let isPromise = false;
  try {
    const result = handle(message, context);
    if (result === undefined) {
      finish(() => end.succeeded());
      return undefined;
    }
    isPromise = result instanceof Promise;
    const done = { next: () => undefined, error: fail, complete: () => finish(() => end.succeeded()) };
    running.add(from(result).subscribe(done));
  } catch (thrown) {
    fail(thrown);
  }
  if (isOver) return undefined;
  return {
    abort() {
      context.abort();
      if (isPromise) return;
      running.unsubscribe();
      finish(() => undefined);
    },
  };
}

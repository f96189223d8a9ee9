import { catchError, concat, defer, EMPTY, ignoreElements, of, tap, throwError, type Observable } from 'rxjs';
import { fromAbortable } from '../../boundary/fromAbortable.ts';
import type { DeliveryContext, DeliveryContract, RetryPolicy } from '../../contracts/delivery.ts';
import type { Done } from '../../contracts/inbox.ts';
import { InboxError } from '../../contracts/messageFailure.ts';
import { DeadLetterError } from '../../contracts/transportFailure.ts';
import type { CommandHandler, EventHandler } from './bus.ts';
import { GivenUpError } from './givenUpError.ts';
import { handlerContext } from './handlerContext.ts';
import type { LineParts } from './lineParts.ts';
import type { Taken } from './taken.ts';

/** Who handles, and what is kept of it. */
export interface HandlerFacts {
  readonly id: string;
  /** Names the handler in the inbox. */
  readonly key: string;
  /** What the inbox keeps of success. */
  readonly answer: (taken: Taken) => string;
  /** Called once a message is handled: now, or before. */
  readonly done: (taken: Taken, done: Done) => void;
}

/** What a handler failed with: told apart from what the inbox fails with. */
class Thrown extends Error {
  override readonly name = 'Thrown';
}

/** The contract of a topic that stands for a handler: each message is handled once, as far as the inbox remembers. */
export function handlerContract(
  { id, key: prefix, answer, done }: HandlerFacts,
  handler: CommandHandler<unknown> | EventHandler<unknown>,
  { inbox, sending }: LineParts,
): DeliveryContract<Taken> {
  const { retry, concurrency, bufferSize, timeoutMs, watermarks } = handler;
  const { partitionKey, overflow } = 'id' in handler ? handler : ({} as Partial<EventHandler<unknown>>);

  function work(taken: Taken, { attempt }: DeliveryContext, transaction: unknown): Observable<unknown> {
    const run = { handler: id, attempt, transaction };
    return fromAbortable(
      (signal) => handler.handle(taken.message.data, handlerContext(taken, { ...run, signal }, sending)) ?? EMPTY,
      { signal: taken.signal },
    ).pipe(
      // Whoever waits for this very work is not given up with it, and must not take it for a failure.
      catchError((cause: unknown) =>
        throwError(() => (taken.signal.aborted ? new GivenUpError() : new Thrown('', { cause }))),
      ),
    );
  }

  function handle(taken: Taken, delivery: DeliveryContext): Observable<unknown> {
    const key = `${prefix} ${taken.message.id}`;
    return defer(() => {
      if (taken.signal.aborted) throw new GivenUpError();
      return inbox.once(key, (transaction) =>
        concat(
          work(taken, delivery, transaction).pipe(ignoreElements()),
          defer(() => of(answer(taken))),
        ),
      );
    }).pipe(
      tap((outcome) => done(taken, outcome)),
      catchError((failure: unknown) => throwError(() => reasonOf(failure, taken, key))),
    );
  }

  return {
    id,
    concurrency,
    bufferSize,
    timeoutMs,
    watermarks,
    overflow,
    partitionKey: partitionKey && (({ message }) => partitionKey(message)),
    retry: retry && { ...retry, retryOn: retryOn(retry) },
    handle,
  };
}

function reasonOf(failure: unknown, { signal }: Taken, key: string): unknown {
  if (signal.aborted || failure instanceof GivenUpError) return new GivenUpError();
  return failure instanceof Thrown ? failure.cause : new InboxError(key, failure);
}

const NOT_HERE = [GivenUpError, DeadLetterError, InboxError];

function retryOn({ retryOn: asked = () => true }: RetryPolicy): (cause: unknown) => boolean {
  return (cause) => !NOT_HERE.some((kind) => cause instanceof kind) && asked(cause);
}

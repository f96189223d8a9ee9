import { catchError, EMPTY, throwError, type Observable } from 'rxjs';
import { fromAbortable } from '../../boundary/fromAbortable.ts';
import type { DeliveryContext, DeliveryContract, RetryPolicy } from '../../contracts/delivery.ts';
import { DeadLetterError } from '../../contracts/transportFailure.ts';
import type { CommandHandler, EventHandler } from './bus.ts';
import { GivenUpError } from './givenUpError.ts';
import { handlerContext } from './handlerContext.ts';
import type { Sending } from './sending.ts';
import type { Taken } from './taken.ts';

/** Does the work of a handler with a message, which may have been done before. */
export type Around<A> = (taken: Taken<A>, work: Observable<unknown>) => Observable<unknown>;

/** The contract of a topic that stands for a handler. */
export function handlerContract<A>(
  id: string,
  handler: CommandHandler<A> | EventHandler<A>,
  sending: Sending,
  around: Around<A>,
): DeliveryContract<Taken<A>> {
  const { retry, concurrency, bufferSize, timeoutMs, watermarks } = handler;
  const { partitionKey, overflow } = 'id' in handler ? handler : ({} as Partial<EventHandler<A>>);

  function work(taken: Taken<A>, { attempt }: DeliveryContext): Observable<unknown> {
    return fromAbortable(
      (signal) =>
        handler.handle(taken.message.data, handlerContext(taken, { handler: id, attempt, signal }, sending)) ?? EMPTY,
      { signal: taken.signal },
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
    handle: (taken, delivery) =>
      around(taken, work(taken, delivery)).pipe(
        catchError((cause: unknown) => throwError(() => (taken.signal.aborted ? new GivenUpError() : cause))),
      ),
  };
}

function retryOn({ retryOn: asked = () => true }: RetryPolicy): (cause: unknown) => boolean {
  return (cause) => !(cause instanceof GivenUpError || cause instanceof DeadLetterError) && asked(cause);
}

import { catchError, defer, Observable, race, take, throwError, throwIfEmpty, type ObservableInput } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import { ReceiverOpenError } from '../../contracts/receiverFailure.ts';
import type { ReceiverIdentity } from '../../contracts/receiverIdentity.ts';
import { DeadlineError } from '../../contracts/sourceFailure.ts';
import type { Receiver } from './receiver.ts';

/** How a receiver is opened, and how long that may take. */
export interface OpenOptions<E> {
  readonly identity: ReceiverIdentity;
  readonly open: () => ObservableInput<Receiver<E>>;
  readonly openTimeoutMs: number;
}

/** Opens a receiver: the first one that comes, in time. Errors with ReceiverOpenError, whatever went wrong. */
export function openReceiver<E>({ identity, open, openTimeoutMs }: OpenOptions<E>): Observable<Receiver<E>> {
  const late$ = new Observable<never>((subscriber) =>
    after(openTimeoutMs, () => subscriber.error(new DeadlineError(openTimeoutMs))),
  );
  return race(defer(open), late$).pipe(
    take(1),
    throwIfEmpty(() => new Error('it emitted no receiver')),
    catchError((cause: unknown) => throwError(() => new ReceiverOpenError(identity, cause))),
  );
}

import { filter, map, merge, mergeMap, of, take, throwError, type Observable } from 'rxjs';
import { RegistrationLostError, RegistrationTakenError } from '../../contracts/observerFailure.ts';
import type { Engine } from './engine.ts';
import type { Durability } from './observer.ts';

/**
 * Emits how safe what is registered now is, once that is known. Errors with RegistrationTakenError when the registration of
 * that id had to give way to that of somebody else.
 */
export function acknowledged(engine: Engine, id: string | undefined): Observable<Durability> {
  const { persister, settings, outlets } = engine;
  const { state } = engine.registry;
  const { version } = state;
  if (!persister) return of('memory');
  if (state.savedVersion >= version) return of('saved');
  if (settings.acknowledge === 'pending' || persister.isFailing) return of('pending');

  const known$ = persister.demand().pipe(
    map((): Durability | undefined => {
      if (state.savedVersion >= version) return 'saved';
      return persister.isFailing || engine.isStopped ? 'pending' : undefined;
    }),
    filter((durability) => durability !== undefined),
  );
  const lost$ = outlets.errors$.pipe(
    filter((failure) => failure instanceof RegistrationLostError && failure.registration.id === id),
    mergeMap(() => throwError(() => new RegistrationTakenError(id!))),
  );
  return merge(lost$, known$).pipe(take(1));
}

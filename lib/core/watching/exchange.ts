import { concat, defer, EMPTY, ignoreElements, tap, type Observable } from 'rxjs';
import { RegistrationLostError, RegistryDamageError, type ObserverFailure } from '../../contracts/observerFailure.ts';
import type { StoredRegistry } from '../../contracts/registryStore.ts';
import type { RegistryState } from './registryState.ts';
import type { StoreCalls } from './storeCalls.ts';

/** Takes over what a store has, and saves what it has not. */
export class Exchange {
  /** What is registered takes account of all that the store had when it was called last. */
  isInStep = false;
  private revision: string | undefined = undefined;
  private readonly calls: StoreCalls;
  private readonly state: RegistryState;
  private readonly failed: (failure: ObserverFailure) => void;

  constructor(calls: StoreCalls, state: RegistryState, failed: (failure: ObserverFailure) => void) {
    this.calls = calls;
    this.state = state;
    this.failed = failed;
  }

  read(): Observable<never> {
    return defer(() => this.calls.load()).pipe(
      tap((stored) => this.take(stored)),
      ignoreElements(),
    );
  }

  /** Reads, where that is due, and saves, where something is not saved. */
  sync(): Observable<never> {
    const read$ = defer(() => (this.isInStep ? EMPTY : this.read()));
    const save$ = defer(() => (this.state.isDirty ? this.save() : EMPTY));
    return concat(read$, save$);
  }

  private take({ snapshot, revision, damage = [] }: StoredRegistry): void {
    const lost = this.state.merge(snapshot);
    this.revision = revision;
    this.isInStep = true;
    if (damage.length > 0) this.state.soil(); // it shall have a whole state again
    for (const cause of damage) this.failed(new RegistryDamageError(this.calls.name, { cause }));
    for (const registration of lost) this.failed(new RegistrationLostError(registration));
  }

  private save(): Observable<never> {
    const { version, snapshot } = this.state.snapshot();
    return this.calls.save(snapshot, this.revision).pipe(
      tap((revision) => {
        this.revision = revision;
        this.state.saved(version);
      }),
      ignoreElements(),
    );
  }
}

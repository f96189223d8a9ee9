import {
  concat,
  defer,
  EMPTY,
  ignoreElements,
  merge,
  of,
  race,
  repeat,
  retry,
  Subject,
  take,
  tap,
  type Observable,
} from 'rxjs';
import { mergeMapBounded } from '../../../operators/mergeMapBounded.ts';
import { RegistrationLostError, RegistryDamageError, type ObserverFailure } from '../../contracts/observerFailure.ts';
import { StoreConflictError, type StoredRegistry } from '../../contracts/registryStore.ts';
import { fullJitterMs } from './fullJitterMs.ts';
import type { RegistryState } from './registryState.ts';
import type { Settings } from './settings.ts';
import type { StoreCalls } from './storeCalls.ts';
import { wait } from './wait.ts';

/** Keeps a store and what is registered the same: one call at a time, and each again until it succeeds. */
export class Persister {
  /** Emits when the store has what was to be saved, and when it failed. */
  readonly ends$: Observable<void>;
  private readonly ends = new Subject<void>();
  private readonly demands = new Subject<void>();
  private readonly hurries = new Subject<void>();
  private readonly calls: StoreCalls;
  private readonly state: RegistryState;
  private readonly settings: Settings;
  private readonly failed: (failure: ObserverFailure) => void;
  private revision: string | undefined;
  private isInStep = false; // what is registered takes account of that revision
  private failuresInARow = 0;
  private conflictsInARow = 0;

  constructor(calls: StoreCalls, state: RegistryState, settings: Settings, failed: (failure: ObserverFailure) => void) {
    this.calls = calls;
    this.state = state;
    this.settings = settings;
    this.failed = failed;
    this.ends$ = this.ends.asObservable();
  }

  /** The last call failed, and the next one waits for its time. */
  get isFailing(): boolean {
    return this.failuresInARow > 0;
  }

  /** Completes once the store was read. */
  load(): Observable<never> {
    return this.untilItSucceeds(defer(() => this.read()));
  }

  /** Looks at each interval, and on demand, until it is unsubscribed from. */
  run(): Observable<never> {
    const ticks$ = wait(this.settings.persistIntervalMs).pipe(
      repeat(),
      tap(() => {
        if (!this.state.isDirty) this.isInStep = false; // others may have changed it
      }),
    );
    // One runs, and one waits, which does what was asked for meanwhile.
    const inTurn = { concurrency: 1, bufferSize: 1, overflow: 'dropNewest' } as const;
    return merge(ticks$, this.demands).pipe(mergeMapBounded(() => this.untilItSucceeds(this.sync()), inTurn));
  }

  /** Saves what is not saved. Emits at once, and whenever `ends$` does. */
  demand(): Observable<void> {
    const begin$ = defer(() => {
      this.demands.next();
      return of(undefined);
    });
    return merge(this.ends$, begin$);
  }

  /** Saves what is not saved, and waits no longer where it waits. */
  hurry(): void {
    this.failuresInARow = 0;
    this.hurries.next();
    this.demands.next();
  }

  /** Nothing runs any more. */
  stopped(): void {
    this.isInStep = false;
    this.ends.next();
  }

  private sync(): Observable<never> {
    const read$ = defer(() => (this.isInStep ? EMPTY : this.read()));
    const save$ = defer(() => (this.state.isDirty ? this.save() : EMPTY));
    return concat(read$, save$);
  }

  private read(): Observable<never> {
    return this.calls.load().pipe(
      tap((stored) => this.take(stored)),
      ignoreElements(),
    );
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

  private untilItSucceeds(work$: Observable<never>): Observable<never> {
    return work$.pipe(
      retry({ delay: (failure: Error) => this.pause(failure) }),
      tap({
        complete: () => {
          this.failuresInARow = 0;
          this.conflictsInARow = 0;
          this.calls.lastError = undefined;
          this.ends.next();
        },
      }),
    );
  }

  /** Emits when it is time for another attempt. It begins by reading: nobody knows what a save that failed has done. */
  private pause(failure: Error): Observable<unknown> {
    this.isInStep = false;
    const { storeRetry, random } = this.settings;
    if (failure instanceof StoreConflictError) {
      const delayMs = fullJitterMs(storeRetry, ++this.conflictsInARow, random);
      return wait(this.conflictsInARow === 1 ? 0 : delayMs);
    }
    const delayMs = fullJitterMs(storeRetry, ++this.failuresInARow, random);
    this.failed(failure as ObserverFailure);
    this.ends.next();
    return race(wait(delayMs), this.hurries).pipe(take(1));
  }
}

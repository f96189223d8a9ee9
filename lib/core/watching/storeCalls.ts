import { asyncScheduler, catchError, defer, take, tap, throwError, throwIfEmpty, type Observable } from 'rxjs';
import { RegistryStoreError } from '../../contracts/observerFailure.ts';
import type { RegistrySnapshot } from '../../contracts/registration.ts';
import { StoreConflictError, type RegistryStore, type StoredRegistry } from '../../contracts/registryStore.ts';
import { within } from './within.ts';

/** Calls of a store: one answer each, in time, or a RegistryStoreError or StoreConflictError; and how they went. */
export class StoreCalls {
  saves = 0;
  failures = 0;
  lastSaveTime: number | undefined = undefined;
  /** Of the last failure, until everything is well again. */
  lastError: string | undefined = undefined;
  readonly name: string;
  private readonly store: RegistryStore;
  private readonly timeoutMs: number;

  constructor(store: RegistryStore, timeoutMs: number) {
    this.store = store;
    this.name = store.name;
    this.timeoutMs = timeoutMs;
  }

  load(): Observable<StoredRegistry> {
    return this.call('load', () => this.store.load());
  }

  save(snapshot: RegistrySnapshot, revision: string | undefined): Observable<string> {
    return this.call('save', () => this.store.save(snapshot, revision)).pipe(
      tap(() => {
        this.saves++;
        this.lastSaveTime = asyncScheduler.now();
      }),
    );
  }

  private call<T>(action: 'load' | 'save', start: () => Observable<T>): Observable<T> {
    const fail = (reason: string, options?: ErrorOptions) => new RegistryStoreError(action, this.name, reason, options);
    return defer(start).pipe(
      take(1),
      throwIfEmpty(() => fail('it gave nothing')),
      within(this.timeoutMs, () => fail(`no answer within ${this.timeoutMs} ms`)),
      catchError((cause: unknown) => {
        const isOurs = cause instanceof StoreConflictError || cause instanceof RegistryStoreError;
        return throwError(() =>
          isOurs ? cause : fail(cause instanceof Error ? cause.message : 'it failed', { cause }),
        );
      }),
      tap({
        error: (failure: unknown) => {
          if (!(failure instanceof RegistryStoreError)) return;
          this.failures++;
          this.lastError = failure.message;
        },
      }),
    );
  }
}

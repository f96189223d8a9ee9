import { defer, merge, of, race, repeat, retry, Subject, take, tap, type Observable } from 'rxjs';
import { mergeMapBounded } from '../../../operators/mergeMapBounded.ts';
import type { ObserverFailure } from '../../contracts/observerFailure.ts';
import { StoreConflictError } from '../../contracts/registryStore.ts';
import { Exchange } from './exchange.ts';
import type { RegistryState } from './registryState.ts';
import { Setbacks } from './setbacks.ts';
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
  private readonly setbacks: Setbacks;
  private readonly exchange: Exchange;
  private readonly failed: (failure: ObserverFailure) => void;

  constructor(calls: StoreCalls, state: RegistryState, settings: Settings, failed: (failure: ObserverFailure) => void) {
    this.calls = calls;
    this.state = state;
    this.settings = settings;
    this.setbacks = new Setbacks(settings.storeRetry, settings.random);
    this.failed = failed;
    this.exchange = new Exchange(calls, state, failed);
    this.ends$ = this.ends.asObservable();
  }

  /** The last call failed, and the next one waits for its time. */
  get isFailing(): boolean {
    return this.setbacks.failures > 0;
  }

  /** Completes once the store was read. */
  load(): Observable<never> {
    return this.untilItSucceeds(this.exchange.read());
  }

  /** Looks at each interval, and on demand, until it is unsubscribed from. */
  run(): Observable<never> {
    const ticks$ = wait(this.settings.persistIntervalMs).pipe(
      repeat(),
      tap(() => {
        if (!this.state.isDirty) this.exchange.isInStep = false; // others may have changed it
      }),
    );
    // One runs, and one waits, which does what was asked for meanwhile.
    const inTurn = { concurrency: 1, bufferSize: 1, overflow: 'dropNewest' } as const;
    return merge(ticks$, this.demands).pipe(mergeMapBounded(() => this.untilItSucceeds(this.exchange.sync()), inTurn));
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
    this.setbacks.failures = 0;
    this.hurries.next();
    this.demands.next();
  }

  /** Nothing runs any more. */
  stopped(): void {
    this.exchange.isInStep = false;
    this.ends.next();
  }

  private untilItSucceeds(work$: Observable<never>): Observable<never> {
    return work$.pipe(
      retry({ delay: (failure: Error) => this.pause(failure) }),
      tap({
        complete: () => {
          this.setbacks.over();
          this.calls.lastError = undefined;
          this.ends.next();
        },
      }),
    );
  }

  /** Emits when it is time for another attempt. It begins by reading: nobody knows what a save that failed has done. */
  private pause(failure: Error): Observable<unknown> {
    this.exchange.isInStep = false;
    const delayMs = this.setbacks.delayAfter(failure);
    if (failure instanceof StoreConflictError) return wait(delayMs);
    this.failed(failure as ObserverFailure);
    this.ends.next();
    return race(wait(delayMs), this.hurries).pipe(take(1));
  }
}

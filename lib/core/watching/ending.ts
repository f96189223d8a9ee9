import {
  AsyncSubject,
  concat,
  defer,
  EMPTY,
  filter,
  finalize,
  ignoreElements,
  map,
  merge,
  of,
  race,
  Subject,
  take,
  tap,
  type Observable,
} from 'rxjs';
import type { ObserverClosing } from './observer.ts';
import type { Outlets } from './outlets.ts';
import type { Persister } from './persister.ts';
import type { Registry } from './registry.ts';
import type { Teller } from './teller.ts';
import { wait } from './wait.ts';

/** What ends with an observer. */
export interface EndingHost {
  /** Nothing runs. */
  readonly isStopped: boolean;
  readonly outlets: Outlets;
  readonly persister: Persister | undefined;
  readonly registry: Registry;
  readonly teller: Teller;
}

/** How an observer ends: the cycle that runs may finish, what is registered is saved, and then, or at a deadline, all stops. */
export class Ending {
  /** Emits when no more shall be begun. */
  readonly begin$: Observable<void>;
  /** Emits when nothing shall run any more. */
  readonly stop$: Observable<void>;
  private readonly begins = new Subject<void>();
  private readonly stops = new Subject<void>();
  private readonly drains = new Subject<void>();
  private isCycling = false;
  private closing: AsyncSubject<ObserverClosing> | undefined = undefined;
  private readonly host: EndingHost;

  constructor(host: EndingHost) {
    this.host = host;
    this.begin$ = this.begins.asObservable();
    this.stop$ = this.stops.asObservable();
  }

  get hasBegun(): boolean {
    return this.closing !== undefined;
  }

  /** Begins with the first subscriber, once: all hear the same. */
  begin(deadlineMs: number): Observable<ObserverClosing> {
    return defer(() => {
      if (!this.closing) {
        this.closing = new AsyncSubject();
        this.run(deadlineMs).subscribe(this.closing);
      }
      return this.closing;
    });
  }

  /** The cycles, for whose last one the end waits. */
  awaited(cycles$: Observable<never>): Observable<never> {
    return defer(() => {
      this.isCycling = true;
      return cycles$;
    }).pipe(
      tap({ complete: () => this.drained() }),
      finalize(() => (this.isCycling = false)),
    );
  }

  private drained(): void {
    this.isCycling = false;
    this.drains.next();
  }

  private run(deadlineMs: number): Observable<ObserverClosing> {
    const { outlets, persister, registry, teller, isStopped } = this.host;
    if (!isStopped) outlets.become('closing');
    const drained$ = this.isCycling && !isStopped ? this.drains.pipe(take(1), ignoreElements()) : EMPTY;
    const begin$ = defer(() => {
      persister?.hurry();
      this.begins.next();
      return EMPTY;
    });
    return race(concat(merge(drained$, begin$), this.saving()), wait(deadlineMs)).pipe(
      take(1),
      map(() => ({ saved: !persister || !registry.state.isDirty, cutOff: teller.inFlight })),
      finalize(() => {
        this.stops.next();
        outlets.complete();
      }),
    );
  }

  /** Emits when all is saved, or nothing can save it. */
  private saving(): Observable<unknown> {
    const { persister, registry } = this.host;
    if (!persister) return of(undefined);
    return persister.demand().pipe(filter(() => !registry.state.isDirty || this.host.isStopped));
  }
}

import { concat, defer, EMPTY, finalize, merge, NEVER, share, takeUntil, type Observable } from 'rxjs';
import { ObserverUnavailableError, type ObserverFailure } from '../../contracts/observerFailure.ts';
import { cycles } from './cycles.ts';
import { Ending } from './ending.ts';
import { Health } from './health.ts';
import { Managers } from './managers.ts';
import type { ObserverClosing } from './observer.ts';
import type { CycleReport } from './observerStats.ts';
import { Outlets } from './outlets.ts';
import { Persister } from './persister.ts';
import { Quarantine } from './quarantine.ts';
import { Registry } from './registry.ts';
import { Resting } from './resting.ts';
import type { Settings } from './settings.ts';
import { StoreCalls } from './storeCalls.ts';
import { Teller } from './teller.ts';

/** Where the parts of an observer meet, and how it begins and ends. */
export class Engine {
  readonly settings: Settings;
  readonly outlets: Outlets;
  readonly registry: Registry;
  readonly health: Health;
  readonly managers: Managers;
  readonly teller: Teller;
  readonly calls: StoreCalls | undefined;
  readonly persister: Persister | undefined;
  /** Runs while it is subscribed to, once for all who are. */
  readonly run$: Observable<never>;
  private readonly quarantine: Quarantine;
  private readonly resting: Resting;
  private readonly ending: Ending;

  constructor(settings: Settings) {
    const outlets = new Outlets(settings.onError);
    const failed = (failure: ObserverFailure) => outlets.failed(failure);
    const registry = new Registry(settings.limits, settings.newId, (ids) => this.changed(ids));
    const { state } = registry;
    const health = new Health(state, settings);
    const resting = new Resting(state.index);
    const isClosing = () => this.ending.hasBegun;
    const { store } = settings;
    this.settings = settings;
    this.outlets = outlets;
    this.registry = registry;
    this.health = health;
    this.resting = resting;
    this.managers = new Managers(settings.sources, settings.depthTimeoutMs, failed);
    this.teller = new Teller({ settings, health, resting, isClosing, failed });
    this.quarantine = new Quarantine(state.index, settings.backoffMs, (entry) => health.restore(entry));
    this.calls = store && new StoreCalls(store, settings.storeTimeoutMs);
    this.persister = this.calls && new Persister(this.calls, state, settings, failed);
    this.ending = new Ending(this);
    this.run$ = defer(() => (this.ending.hasBegun ? EMPTY : this.running())).pipe(share());
  }

  /** Nothing runs. */
  get isStopped(): boolean {
    return this.outlets.state === 'idle' || this.outlets.state === 'closed';
  }

  /** Throws ObserverUnavailableError while nothing can be changed. */
  checkOpen(): void {
    if (this.ending.hasBegun) throw new ObserverUnavailableError('closed');
    if (this.outlets.state !== 'ready') throw new ObserverUnavailableError('loading');
  }

  close(deadlineMs: number): Observable<ObserverClosing> {
    return this.ending.begin(deadlineMs);
  }

  private running(): Observable<never> {
    this.outlets.become('loading');
    const ready$ = defer(() => {
      this.outlets.become('ready');
      if (this.settings.mode !== 'registrations') this.quarantine.followAll();
      return EMPTY;
    });
    // Whoever hears that it is ready may register at once, and is heard by what saves.
    const work$ = merge(this.cycling(), this.persister?.run() ?? NEVER, ready$);
    return concat(this.persister?.load() ?? EMPTY, work$).pipe(
      takeUntil(this.ending.stop$),
      finalize(() => this.stopped()),
    );
  }

  private cycling(): Observable<never> {
    if (this.settings.mode === 'registrations') return EMPTY;
    const { settings, managers, teller, resting, registry, health } = this;
    const closing$ = this.ending.begin$;
    const active = () => [...registry.state.index.values()].filter((entry) => health.isActive(entry));
    const report = (one: CycleReport) => this.outlets.report(one);
    const cycles$ = defer(() => cycles({ settings, managers, teller, resting, active, closing$, report }));
    return this.ending.awaited(cycles$);
  }

  private changed(ids: readonly string[]): void {
    if (this.outlets.state !== 'ready' && this.outlets.state !== 'closing') return;
    for (const id of ids) {
      this.resting.follow(id);
      if (this.settings.mode !== 'registrations') this.quarantine.follow(id);
    }
  }

  private stopped(): void {
    this.quarantine.stop();
    this.resting.stop();
    if (!this.ending.hasBegun) this.outlets.become('idle');
    this.persister?.stopped();
  }
}

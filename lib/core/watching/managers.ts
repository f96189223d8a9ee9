import { asyncScheduler, catchError, defer, of, take, tap, throwIfEmpty, type Observable } from 'rxjs';
import type { DepthSource } from '../../contracts/depthSource.ts';
import { ManagerError, type ObserverFailure } from '../../contracts/observerFailure.ts';
import type { ManagerHealth } from './observerStats.ts';
import { within } from './within.ts';

/** Depths by queue. */
export type Depths = ReadonlyMap<string, number>;

/** The queue managers, and how they did when they were asked. */
export class Managers {
  private readonly sources: ReadonlyMap<string, DepthSource>;
  private readonly timeoutMs: number;
  private readonly failed: (failure: ObserverFailure) => void;
  private readonly healths = new Map<string, ManagerHealth>();

  constructor(
    sources: ReadonlyMap<string, DepthSource>,
    timeoutMs: number,
    failed: (failure: ObserverFailure) => void,
  ) {
    this.sources = sources;
    this.timeoutMs = timeoutMs;
    this.failed = failed;
    for (const manager of sources.keys()) this.healths.set(manager, { manager, state: 'unasked', failures: 0 });
  }

  isKnown(manager: string): boolean {
    return this.sources.has(manager);
  }

  health(): readonly ManagerHealth[] {
    return [...this.healths.values()];
  }

  /** Asks one that is known, once. Emits undefined when it gave nothing: that is told. */
  ask(manager: string, queues: ReadonlySet<string>): Observable<Depths | undefined> {
    const fail = (reason: string, options?: ErrorOptions) => new ManagerError(manager, reason, options);
    return defer(() => this.sources.get(manager)!.depths(queues)).pipe(
      take(1),
      throwIfEmpty(() => fail('it gave nothing')),
      within(this.timeoutMs, () => fail(`no answer within ${this.timeoutMs} ms`)),
      tap(() => this.reached(manager)),
      catchError((cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : 'it failed';
        this.missed(cause instanceof ManagerError ? cause : fail(reason, { cause }));
        return of(undefined);
      }),
    );
  }

  private reached(manager: string): void {
    this.healths.set(manager, { manager, state: 'reachable', failures: 0, lastAnswerTime: asyncScheduler.now() });
  }

  private missed(failure: ManagerError): void {
    const { manager, message: lastError } = failure;
    const before = this.healths.get(manager)!;
    this.healths.set(manager, { ...before, state: 'failing', failures: before.failures + 1, lastError });
    this.failed(failure);
  }
}

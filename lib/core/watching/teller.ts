import {
  catchError,
  concat,
  defer,
  EMPTY,
  finalize,
  ignoreElements,
  map,
  merge,
  of,
  take,
  throwError,
  type Observable,
} from 'rxjs';
import {
  NotificationFailedError,
  NotificationTimeoutError,
  type ObserverFailure,
} from '../../contracts/observerFailure.ts';
import type { TaskEnd } from './bulkheads.ts';
import { fullJitterMs } from './fullJitterMs.ts';
import { givingWay } from './givingWay.ts';
import type { Health } from './health.ts';
import { verdictOn } from './verdictOn.ts';
import type { Resting } from './resting.ts';
import type { Settings } from './settings.ts';
import type { Telling } from './telling.ts';
import { wait } from './wait.ts';
import { within } from './within.ts';

/** What a teller needs of its observer. */
export interface TellerHost {
  readonly settings: Settings;
  readonly health: Health;
  readonly resting: Resting;
  readonly isClosing: () => boolean;
  readonly failed: (failure: ObserverFailure) => void;
}

const PATIENCE = 1 / 5; // of the time for a notification, after which it gives way to others
const OBSOLETE = Symbol('obsolete');

/** Tells those who registered: attempts, waits between them, and what they come to. */
export class Teller {
  inFlight = 0;
  /** Since the beginning. */
  readonly totals = { told: 0, failed: 0, retries: 0 };
  private readonly host: TellerHost;

  constructor(host: TellerHost) {
    this.host = host;
  }

  /** Tells, unless something is against it by now. Gives up its place when it fails or takes long, and others wait for it. */
  tell(telling: Telling, isPressed: () => boolean): Observable<TaskEnd> {
    return defer(() => {
      const { notifyTimeoutMs } = this.host.settings;
      const pause$ = telling.attempts === 0 ? EMPTY : this.pause(telling);
      if (telling.attempts === 0 && this.host.resting.isResting(telling.entry)) return untold(telling, 'resting');
      this.inFlight++;
      const told$ = concat(pause$, this.attempts(telling, isPressed)).pipe(
        within(notifyTimeoutMs, () => new NotificationTimeoutError(notifyTimeoutMs)),
      );
      const yielded$ = telling.isSuspect ? EMPTY : givingWay(notifyTimeoutMs * PATIENCE, isPressed);
      return merge(told$, yielded$).pipe(
        take(1),
        map((end) => this.ended(telling, end)),
        catchError((failure: unknown) => this.failed(telling, failure)),
        finalize(() => this.inFlight--),
      );
    });
  }

  private attempts(telling: Telling, isPressed: () => boolean): Observable<'told' | 'yielded'> {
    const { retries } = this.host.settings.retry;
    return this.attempt(telling).pipe(
      catchError((failure: unknown) => {
        telling.failures++;
        const isOver = verdictOn(failure).kind !== 'retry' || telling.failures > retries || this.host.isClosing();
        if (isOver) return throwError(() => failure);
        if (!telling.isSuspect && isPressed()) return of('yielded' as const);
        return concat(this.pause(telling), this.attempts(telling, isPressed));
      }),
    );
  }

  private attempt(telling: Telling): Observable<'told'> {
    const { settings, health, resting, isClosing } = this.host;
    return defer(() => {
      const { entry, depth, seenTime: time, notifier } = telling;
      const { registration } = entry;
      if (!health.isActive(entry) || isClosing()) return throwError(() => OBSOLETE);
      if (telling.attempts === 0) resting.rest(entry, registration.minGapMs ?? 0);
      if (telling.attempts++ > 0) this.totals.retries++;
      telling.notification ??= { id: settings.newId(), registration, depth, time };
      return concat(notifier.notify(telling.notification).pipe(ignoreElements()), of('told' as const));
    });
  }

  private pause({ failures }: Telling): Observable<never> {
    const { retry, random } = this.host.settings;
    return wait(fullJitterMs(retry, Math.max(failures, 1), random)).pipe(ignoreElements());
  }

  private ended(telling: Telling, end: 'told' | 'yielded'): TaskEnd {
    if (end === 'yielded') {
      telling.isSuspect = true;
      return 'yielded';
    }
    this.host.health.succeeded(telling.entry);
    this.totals.told++;
    telling.tally.told++;
    return 'done';
  }

  private failed(telling: Telling, failure: unknown): Observable<never> {
    const { entry, notification, attempts, tally } = telling;
    const verdict = verdictOn(failure);
    if (failure === OBSOLETE) return untold(telling, 'gone');
    if (verdict.kind === 'busy') return untold(telling, 'busy');
    const consequence = this.host.health.failed(entry, verdict.kind === 'fail' && verdict.isGone);
    if (verdict.kind === 'fail') this.host.resting.rest(entry, verdict.restMs);
    this.totals.failed++;
    tally.failedWith(consequence);
    const registration = notification?.registration ?? entry.registration;
    this.host.failed(new NotificationFailedError(registration, attempts, consequence, { cause: failure }));
    return EMPTY;
  }
}

function untold({ tally }: Telling, reason: 'gone' | 'busy' | 'resting'): Observable<never> {
  tally.untold(reason);
  return EMPTY;
}

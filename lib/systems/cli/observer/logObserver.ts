import { shownTarget } from '../../../adapters/guard/blockedTarget.ts';
import { inWords } from '../../../contracts/inWords.ts';
import type { ObserverFailure } from '../../../contracts/observerFailure.ts';
import type { CycleReport } from '../../../core/watching/observerStats.ts';
import type { ObserverSettings } from '../../config/observer/observerSettings.ts';
import type { Log } from '../log.ts';

/** Says how an observer is set up, and loudly what an operator may not have meant. */
export function logSettings(
  { mode, managers, storage, access, seed }: ObserverSettings,
  isOpen: boolean,
  log: Log,
): void {
  log.info('the observer is set up', {
    mode,
    managers: managers.map(({ manager }) => manager),
    storage: storage.kind,
    seed: seed.length,
  });
  if (mode !== 'reservations' && managers.length === 0) {
    log.warn('no queue manager is configured: nobody will be told; see MQ_ENDPOINTS and QMGR');
  }
  if (storage.kind === 'memory') {
    log.warn('registrations end with the process: set OBSERVER_STORE or COS_STORAGE to keep them');
  }
  if (mode === 'notifications') return;
  if (access.keys === undefined && isOpen) {
    log.warn('REGISTRATIONS ARE OPEN: whoever reaches this server may register and remove; set OBSERVER_API_KEYS');
  }
  if (access.keys === undefined && !isOpen) {
    log.warn(
      'registrations are closed: this is no loopback address, and neither OBSERVER_API_KEYS nor OBSERVER_OPEN is set',
    );
  }
  if (access.adminToken === undefined) log.warn('/admin/flush is off: there is no OBSERVER_ADMIN_TOKEN');
}

/** What a cycle did, if it did anything. */
export function logCycle(
  { startTime, endTime, managers, told, failed, quarantined, removed }: CycleReport,
  log: Log,
): void {
  if (told + failed + managers.failed === 0) return;
  log.info('a cycle is over', { tookMs: endTime - startTime, managers, told, failed, quarantined, removed });
}

/** One line for a failure, without its stack: these come from outside. */
export function logFailure(failure: ObserverFailure, log: Log): void {
  const reason = failure.cause === undefined ? undefined : inWords(failure.cause);
  if (failure.name !== 'NotificationFailedError') {
    log.warn(failure.message, { code: failure.code, reason });
    return;
  }
  const { registration, attempts, consequence } = failure;
  const target = shownTarget(registration.notify);
  log.warn('a target was not told', { id: registration.id, target, attempts, consequence, reason });
}

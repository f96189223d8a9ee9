import type { Registration } from '../../contracts/registration.ts';

/** A registration as clients see it: the fields of the seed, and a few more. */
export interface RegistrationView {
  readonly id: string;
  readonly qmgr: string;
  readonly queue: string;
  readonly notify: string;
  /** Failures since the last success. */
  readonly failcount: number;
  /** When it is told again, while it is left alone; null otherwise. */
  readonly backoff: string | null;
  readonly last_updated: string;
  readonly state: 'active' | 'quarantined';
  readonly minDepth: number;
  readonly minGapMs: number;
}

export function registrationView(registration: Registration): RegistrationView {
  const {
    id,
    manager,
    queue,
    notify,
    failures,
    quarantinedUntil,
    updateTime,
    minDepth = 1,
    minGapMs = 0,
  } = registration;
  return {
    id,
    qmgr: manager,
    queue,
    notify,
    failcount: failures,
    backoff: quarantinedUntil === undefined ? null : timeOf(quarantinedUntil),
    last_updated: timeOf(updateTime),
    state: quarantinedUntil === undefined ? 'active' : 'quarantined',
    minDepth,
    minGapMs,
  };
}

const LATEST = 8_640_000_000_000_000;

function timeOf(ms: number): string {
  return new Date(Math.min(ms, LATEST)).toISOString();
}

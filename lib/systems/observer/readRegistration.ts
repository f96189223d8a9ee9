import { RequestError } from '../../adapters/http/problem.ts';
import { quoted } from '../../adapters/http/readQuery.ts';
import { UnknownRegistrationError } from '../../contracts/observerFailure.ts';
import type { Registration } from '../../contracts/registration.ts';
import type { RegistrationKey, RegistrationRequest } from '../../core/watching/observer.ts';
import type { Fields } from './requestFields.ts';

/** What is known of queue managers and targets at the time of a registration. */
export interface RegistrationRules {
  /** The queue managers there are; undefined: another process asks them, and any name will do. */
  readonly managers: ReadonlySet<string> | undefined;
  /** Throws when nothing may be sent to this target. */
  readonly checkTarget: (target: string) => void;
}

const MAX_TARGET = 2_048;
const MAX_GAP_MS = 3_153_600_000_000;
const ID = /^[A-Za-z0-9][A-Za-z0-9._~:-]{0,127}$/;
/** The alphabet of IBM MQ, and the few more that queues of RabbitMQ are commonly named with. */
const MANAGER = /^[A-Za-z0-9._/%]{1,48}$/;
const QUEUE = /^[A-Za-z0-9._/%:-]{1,255}$/;

/** The registration that fields ask for. Throws RequestError that names every field that is not right. */
export function readRegistration(fields: Fields, { managers, checkTarget }: RegistrationRules): RegistrationRequest {
  const missing = (['qmgr', 'queue', 'notify'] as const).filter((name) => (fields[name] ?? '') === '');
  if (missing.length > 0) {
    const says = missing.map((name) => `${name.toUpperCase()} needs to be specified`).join('; ');
    throw new RequestError(400, 'missing_fields', says);
  }
  const { id, qmgr: manager = '', queue = '', notify = '' } = fields;
  const wrong = [
    ...(id === undefined || id === '' || ID.test(id)
      ? []
      : [`ID must be at most 128 of A-Z a-z 0-9 . _ ~ : -, not ${quoted(id)}`]),
    ...(MANAGER.test(manager) ? [] : [`QMGR must be at most 48 of A-Z a-z 0-9 . / _ %, not ${quoted(manager)}`]),
    ...(QUEUE.test(queue) ? [] : [`QUEUE must be at most 255 of A-Z a-z 0-9 . / _ % : -, not ${quoted(queue)}`]),
    ...(notify.length <= MAX_TARGET ? [] : [`NOTIFY must be at most ${MAX_TARGET} characters long`]),
  ];
  const minDepth = wholeOf(fields.mindepth, 'MIN_DEPTH', 1, 999_999_999, wrong);
  const minGapMs = wholeOf(fields.mingapms, 'MIN_GAP_MS', 0, MAX_GAP_MS, wrong);
  if (wrong.length > 0) throw new RequestError(400, 'invalid_registration', wrong.join('; '));
  if (managers?.has(manager) === false) {
    throw new RequestError(400, 'unknown_manager', `there is no queue manager ${quoted(manager)} here`);
  }
  checkTarget(notify);
  return {
    manager,
    queue,
    notify,
    ...(id !== undefined && id !== '' && { id }),
    ...(minDepth !== undefined && { minDepth }),
    ...(minGapMs !== undefined && { minGapMs }),
  };
}

/**
 * Which registration fields mean: the one with this id, or those with these three. Where there are both, they must go
 * together. Throws RequestError, or UnknownRegistrationError.
 */
export function readKey(
  { id, qmgr: manager, queue, notify, mindepth, mingapms }: Fields,
  find: (id: string) => Registration | undefined,
): RegistrationKey {
  if (mindepth !== undefined || mingapms !== undefined) {
    throw new RequestError(400, 'unknown_field', 'MIN_DEPTH and MIN_GAP_MS do not name a registration');
  }
  const told = Object.entries({ manager, queue, notify }).filter(([, value]) => (value ?? '') !== '');
  if (id !== undefined && id !== '') {
    const found = find(id);
    if (told.every(([name, value]) => found?.[name as 'queue'] === value)) return { id };
    throw new UnknownRegistrationError('with this id and these fields');
  }
  if (manager && queue && notify) return { manager, queue, notify };
  throw new RequestError(400, 'missing_fields', 'ID needs to be specified, or QMGR, QUEUE and NOTIFY');
}

function wholeOf(text: string | undefined, name: string, min: number, max: number, wrong: string[]) {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
  wrong.push(`${name} must be a whole number from ${min} to ${max}, not ${quoted(text)}`);
  return undefined;
}

import { OptionError } from '../../../operators/errors.ts';
import { checkChoice, checkInteger } from '../../../operators/internal/checkOption.ts';
import type { DepthSource } from '../../contracts/depthSource.ts';
import type { Backoff, ObserverOptions, RegistryLimits } from './observer.ts';

const LONGEST_MS = 100 * 366 * 86_400_000;

/** The options of an observer, checked and with their defaults. */
export interface Settings extends Pick<ObserverOptions, 'notifiers' | 'newId' | 'random'> {
  readonly sources: ReadonlyMap<string, DepthSource>;
  readonly store: ObserverOptions['store'];
  readonly onError: NonNullable<ObserverOptions['onError']>;
  readonly mode: NonNullable<ObserverOptions['mode']>;
  readonly limits: RegistryLimits;
  readonly notifyIntervalMs: number;
  readonly persistIntervalMs: number;
  readonly backoffMs: number;
  readonly failureLimit: number;
  readonly onBad: 'quarantine' | 'drop';
  readonly acknowledge: 'saved' | 'pending';
  readonly concurrency: number;
  readonly bulkheadConcurrency: number;
  readonly notifyTimeoutMs: number;
  readonly depthTimeoutMs: number;
  readonly storeTimeoutMs: number;
  readonly retry: Backoff;
  readonly storeRetry: Omit<Backoff, 'retries'>;
}

/** Throws OptionError on an option that cannot be meant. */
export function settingsOf(options: ObserverOptions): Settings {
  const { mode = 'all', onBad = 'quarantine', acknowledge = 'saved', onError = () => undefined } = options;
  const { newId, random, notifiers, store } = options;
  checkChoice('mode', mode, ['all', 'registrations', 'notifications']);
  checkChoice('onBad', onBad, ['quarantine', 'drop']);
  checkChoice('acknowledge', acknowledge, ['saved', 'pending']);
  for (const [name, made] of Object.entries({ newId, random })) {
    if (typeof made !== 'function') throw new OptionError(name, 'a function', made);
  }
  return {
    sources: byName(options.sources),
    ...{ notifiers, store, newId, random, mode, onBad, acknowledge, onError },
    limits: limitsOf(options.limits),
    ...timesOf(options),
    failureLimit: integer('failureLimit', options.failureLimit, 10),
    concurrency: integer('concurrency', options.concurrency, 200),
    bulkheadConcurrency: integer('bulkheadConcurrency', options.bulkheadConcurrency, 4),
    retry: {
      retries: integer('retry.retries', options.retry?.retries, 2, 0),
      ...delaysOf('retry', options.retry, { delayMs: 200, maxDelayMs: 2_000 }),
    },
    storeRetry: delaysOf('storeRetry', options.storeRetry, { delayMs: 1_000, maxDelayMs: 60_000 }),
  };
}

/** The deadline of a close. */
export function deadlineOf({ deadlineMs = 10_000 }: { readonly deadlineMs?: number | undefined } = {}): number {
  if (!(deadlineMs >= 0)) throw new OptionError('deadlineMs', '0 or more', deadlineMs);
  return deadlineMs;
}

function timesOf(options: ObserverOptions) {
  return {
    notifyIntervalMs: duration('notifyIntervalMs', options.notifyIntervalMs, 300_000),
    persistIntervalMs: duration('persistIntervalMs', options.persistIntervalMs, 600_000),
    backoffMs: duration('backoffMs', options.backoffMs, 86_400_000),
    notifyTimeoutMs: duration('notifyTimeoutMs', options.notifyTimeoutMs, 5_000),
    depthTimeoutMs: duration('depthTimeoutMs', options.depthTimeoutMs, 30_000),
    storeTimeoutMs: duration('storeTimeoutMs', options.storeTimeoutMs, 30_000),
  };
}

function limitsOf(limits: Partial<RegistryLimits> = {}): RegistryLimits {
  return {
    maxRegistrations: integer('limits.maxRegistrations', limits.maxRegistrations, 100_000),
    maxPerOwner: integer('limits.maxPerOwner', limits.maxPerOwner, 1_000),
    maxTombstones: integer('limits.maxTombstones', limits.maxTombstones, 100_000, 0),
    tombstoneAgeMs: duration('limits.tombstoneAgeMs', limits.tombstoneAgeMs, 604_800_000),
    maxIdLength: integer('limits.maxIdLength', limits.maxIdLength, 128),
    maxNameLength: integer('limits.maxNameLength', limits.maxNameLength, 255),
    maxTargetLength: integer('limits.maxTargetLength', limits.maxTargetLength, 2_048),
  };
}

type Delays = Omit<Backoff, 'retries'>;

function delaysOf(name: string, given: Partial<Delays> = {}, { delayMs, maxDelayMs }: Delays): Delays {
  return {
    delayMs: duration(`${name}.delayMs`, given.delayMs, delayMs, 0),
    maxDelayMs: duration(`${name}.maxDelayMs`, given.maxDelayMs, maxDelayMs, 0),
  };
}

function integer(option: string, value: number | undefined, standard: number, least = 1): number {
  checkInteger(option, value ?? standard, least);
  return value ?? standard;
}

function duration(option: string, value: number | undefined, standard: number, least = 1): number {
  const ms = value ?? standard;
  if (!(ms >= least && ms <= LONGEST_MS)) throw new OptionError(option, `${least} ms to 100 years`, ms);
  return ms;
}

function byName(sources: readonly DepthSource[]): ReadonlyMap<string, DepthSource> {
  const named = new Map<string, DepthSource>();
  for (const source of sources) {
    if (named.has(source.manager)) throw new OptionError('sources', 'of different names', source.manager);
    named.set(source.manager, source);
  }
  return named;
}

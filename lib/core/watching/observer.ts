import type { Observable } from 'rxjs';
import type { DepthSource } from '../../contracts/depthSource.ts';
import type { Notifier } from '../../contracts/notifier.ts';
import type { ObserverFailure } from '../../contracts/observerFailure.ts';
import type { Registration } from '../../contracts/registration.ts';
import type { RegistryStore } from '../../contracts/registryStore.ts';
import type { CycleReport, ObserverStats } from './observerStats.ts';

/** What an observer watches, whom it tells, and within which bounds. */
export interface ObserverOptions {
  /** The queue managers there are, each with a name of its own. */
  readonly sources: readonly DepthSource[];
  /** Asked in order: the first that knows a target tells it. */
  readonly notifiers: readonly Notifier[];
  /** Keeps registrations beyond the process. Default: nothing is kept. */
  readonly store?: RegistryStore | undefined;
  /** Makes ids of registrations and of notifications: 128 random bits as a text, say. */
  readonly newId: () => string;
  /** Chance, from 0 to 1, for the waits between attempts. */
  readonly random: () => number;
  /**
   * What it does of its own. `all` (default): tell, and keep what is registered. `registrations`: only keep it; another
   * process tells. `notifications`: as `all`; whether others may register is not its business.
   */
  readonly mode?: 'all' | 'registrations' | 'notifications' | undefined;
  readonly limits?: Partial<RegistryLimits> | undefined;
  /** Time between the starts of two cycles, in ms; the first comes after it. Default: 300 000. */
  readonly notifyIntervalMs?: number | undefined;
  /** Time between two looks whether something is to be saved, or was changed in the store by others, in ms. Default: 600 000. */
  readonly persistIntervalMs?: number | undefined;
  /** How long who fails too often is left alone, in ms from the last failure. Default: 86 400 000. */
  readonly backoffMs?: number | undefined;
  /** So many failures in a row are too many. Default: 10. */
  readonly failureLimit?: number | undefined;
  /** What happens then. `quarantine` (default): it is left alone for `backoffMs`. `drop`: it is removed. */
  readonly onBad?: 'quarantine' | 'drop' | undefined;
  /**
   * When a change is answered. `saved` (default): when the store has it, or has failed to take it, which the answer says.
   * `pending`: at once; it is saved within `persistIntervalMs`.
   */
  readonly acknowledge?: 'saved' | 'pending' | undefined;
  /** Most notifications in flight. Default: 200. */
  readonly concurrency?: number | undefined;
  /** Most of them to targets that have their bulkhead, such as their host, in common. Default: 4. */
  readonly bulkheadConcurrency?: number | undefined;
  /** Longest time for one notification, in ms from its first attempt, retries and waits included. Default: 5 000. */
  readonly notifyTimeoutMs?: number | undefined;
  /** Longest time for the answer of a queue manager, in ms. Default: 30 000. */
  readonly depthTimeoutMs?: number | undefined;
  /** Longest time for one answer of the store, in ms. Default: 30 000. */
  readonly storeTimeoutMs?: number | undefined;
  readonly retry?: Partial<Backoff> | undefined;
  /** How long the store is left alone after a failure. `retries` does not count here: it is tried for ever. */
  readonly storeRetry?: Partial<Omit<Backoff, 'retries'>> | undefined;
  /** Takes every failure, once, as `errors$` does. What it throws is ignored. */
  readonly onError?: ((failure: ObserverFailure) => void) | undefined;
}

/** Waits between attempts: by chance, from 0 to `delayMs` doubled with each attempt, and to `maxDelayMs` at most. */
export interface Backoff {
  /** Attempts after the first one. Default: 2. */
  readonly retries: number;
  /** Default: 200; for the store 1 000. */
  readonly delayMs: number;
  /** Default: 2 000; for the store 60 000. */
  readonly maxDelayMs: number;
}

/** Bounds of what is registered. */
export interface RegistryLimits {
  /** Default: 100 000. */
  readonly maxRegistrations: number;
  /** Default: 1 000. */
  readonly maxPerOwner: number;
  /** Removals that are remembered; beyond it the oldest is forgotten. Default: 100 000. */
  readonly maxTombstones: number;
  /** How long a removal is remembered, in ms. Default: 604 800 000, a week. */
  readonly tombstoneAgeMs: number;
  /** Longest id. Default: 128. */
  readonly maxIdLength: number;
  /** Longest name of an owner, a queue manager or a queue. Default: 255. */
  readonly maxNameLength: number;
  /** Longest target. Default: 2 048. */
  readonly maxTargetLength: number;
}

/** What somebody wants who registers. */
export interface RegistrationRequest {
  /** Default: that of the registration of the same owner with the same manager, queue and target, or else a new one. */
  readonly id?: string | undefined;
  readonly manager: string;
  readonly queue: string;
  readonly notify: string;
  /** 1 to 999 999 999. Default: 1. */
  readonly minDepth?: number | undefined;
  /** In ms, up to 100 years. Default: 0. */
  readonly minGapMs?: number | undefined;
}

/** How safe a change is. `pending`: it is saved as soon as the store takes it. `memory`: there is no store. */
export type Durability = 'saved' | 'pending' | 'memory';

/** The answer to who registers. */
export interface Registered {
  /** `replaced` also when only its failures were forgotten, and its quarantine. */
  readonly kind: 'created' | 'replaced' | 'unchanged';
  readonly registration: Registration;
  readonly durability: Durability;
}

/** The answer to who unregisters. */
export interface Unregistered {
  readonly removed: readonly Registration[];
  readonly durability: Durability;
}

/** The answer to a flush. */
export interface Flushed {
  readonly count: number;
  readonly durability: Durability;
}

/** Names registrations: one, or all with these three in common. */
export type RegistrationKey =
  { readonly id: string } | { readonly manager: string; readonly queue: string; readonly notify: string };

/** How an observer went out. */
export interface ObserverClosing {
  /** Whether everything that was registered is saved, or there is no store. */
  readonly saved: boolean;
  /** Notifications that were cut off at the deadline. */
  readonly cutOff: number;
}

/**
 * Tells those who registered that there are messages on a queue. A change takes effect when its result is subscribed to,
 * once, and errors with ObserverUnavailableError before what is registered was read, and after the observer was closed.
 */
export interface Observer {
  /**
   * Registers, or replaces the registration of the same id. Emits once, and completes; errors with
   * InvalidRegistrationError, RegistrationTakenError or RegistrationLimitError, and nothing is changed. Unsubscribing
   * does not undo it.
   */
  register(request: RegistrationRequest, owner: string): Observable<Registered>;
  /** Removes. Emits once, and completes; errors with UnknownRegistrationError. */
  unregister(key: RegistrationKey, owner: string): Observable<Unregistered>;
  /** Removes everything, of everybody. Emits once, and completes. */
  flush(): Observable<Flushed>;
  /** Undefined when there is none, or it is somebody else's. Without `owner` it may be anybody's. */
  get(id: string, owner?: string): Registration | undefined;
  /** What is registered at this moment, by id, in the order of code points. Without `owner` that of everybody. */
  list(owner?: string): readonly Registration[];
  /**
   * Reads what is kept, and then tells, saves and restores until it is unsubscribed from or the observer is closed, which
   * completes it. It never errors: failures go to `errors$`. It runs once, for all who are subscribed.
   */
  run(): Observable<never>;
  /** Every cycle, when it is over. Completes when the observer is closed. */
  readonly reports$: Observable<CycleReport>;
  /** Every failure, once. Completes when the observer is closed. */
  readonly errors$: Observable<ObserverFailure>;
  /** Emits the state now, and each that follows. Completes with `closed`. */
  readonly state$: Observable<ObserverStats['state']>;
  stats(): ObserverStats;
  /**
   * Takes no more changes, starts no more notifications, lets those in flight end, and saves once more where something is
   * not saved: all by the deadline, in ms from the call; what is in flight then is cut off. Emits once, and completes.
   * Default: 10 000.
   */
  close(options?: { readonly deadlineMs?: number | undefined }): Observable<ObserverClosing>;
}

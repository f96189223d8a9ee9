import type { AccessSettings } from './access.ts';
import type { CodeEngineSettings } from './codeEngine.ts';
import type { ManagerSettings } from './managers.ts';
import type { SeedRegistration } from './seedData.ts';
import type { StorageSettings } from './storage.ts';

/** Everything that can be set of an observer, with defaults for what was not. */
export interface ObserverSettings {
  /** Takes registrations, tells those who registered, or does both. */
  readonly mode: 'all' | 'reservations' | 'notifications';
  readonly managers: readonly ManagerSettings[];
  readonly storage: StorageSettings;
  /** When a change is answered: once it is saved, or at once, to be saved within the interval. */
  readonly acknowledge: 'saved' | 'kept';
  /** Absent: a target that is no URL cannot be told. */
  readonly codeEngine: CodeEngineSettings | undefined;
  /** Registrations to begin with, in place of those in the storage. */
  readonly seed: readonly SeedRegistration[];
  readonly notify: NotifySettings;
  readonly times: ObserverTimes;
  readonly limits: ObserverLimits;
  readonly access: AccessSettings;
}

/** How those who registered are told. */
export interface NotifySettings {
  readonly as: 'cloudEvents' | 'cloudEventsBinary' | 'post';
  readonly timeoutMs: number;
  /** Most notifications at the same time, in all and to one host. */
  readonly concurrency: number;
  readonly perHost: number;
  /** Failures in a row after which a target is left alone. */
  readonly failureLimit: number;
  /** True: it is forgotten then, and not only left alone for a time. */
  readonly dropsBad: boolean;
  /** True: certificates of queue managers are not checked. */
  readonly allowsSelfSigned: boolean;
  /** Networks that may be told although they are not public. */
  readonly allowedNetworks: readonly string[];
  /** Names that may be told although they are not public. */
  readonly allowedHosts: readonly string[];
  readonly allowedPorts: readonly number[] | 'any';
  /** The first signs; the others are of receivers that have not changed theirs yet. */
  readonly secrets: readonly string[];
}

/** All in ms. */
export interface ObserverTimes {
  readonly notifyMs: number;
  readonly persistMs: number;
  readonly restoreMs: number;
  readonly backoffMs: number;
  readonly jobRefreshMs: number;
}

/** How many registrations may be there. */
export interface ObserverLimits {
  readonly registrations: number;
  readonly registrationsPerOwner: number;
}

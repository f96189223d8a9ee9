/** Somebody who wants to be told when a queue has messages. Never changed: each change is another one. */
export interface Registration {
  /** Names it: made by the observer, or chosen by who registers. */
  readonly id: string;
  /** Whose it is: nobody else can replace or remove it. */
  readonly owner: string;
  /** The queue manager that has the queue, as it is configured. */
  readonly manager: string;
  readonly queue: string;
  /** Who is told: a URL, or the name of a Code Engine job. */
  readonly notify: string;
  /** Tell only at this many messages or more, at least 1. Default: 1. */
  readonly minDepth?: number | undefined;
  /** Tell at most once in this time, in ms. Default: 0. */
  readonly minGapMs?: number | undefined;
  /** Failures since the last success. */
  readonly failures: number;
  /** While it is in quarantine: when it is restored, in ms of the clock. */
  readonly quarantinedUntil?: number | undefined;
  /** Counts what became of the id: registered, replaced, removed. Of two copies the one with more is the later one. */
  readonly version: number;
  /** Counts what became of this version: failures, successes, quarantine. Tells the later of two copies of one version. */
  readonly healthVersion: number;
  /** When it was registered or replaced, in ms of the clock. */
  readonly updateTime: number;
}

/** What is left of a registration that was removed, so that an older copy does not bring it back. */
export interface Tombstone {
  readonly id: string;
  readonly version: number;
  /** In ms of the clock. */
  readonly removeTime: number;
}

/**
 * All that an observer keeps. An id is in it once, as a registration or as a tombstone. Properties that are not named here,
 * of it and of its parts, were written by a later version of the program: they are kept as they are.
 */
export interface RegistrySnapshot {
  readonly registrations: readonly Registration[];
  readonly tombstones: readonly Tombstone[];
}

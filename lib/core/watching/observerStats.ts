/** What one cycle did. Times are in ms of the clock. */
export interface CycleReport {
  readonly startTime: number;
  readonly endTime: number;
  /** Active registrations at its start. Each is told, failed, cut off, or counted under `untold`. */
  readonly registrations: number;
  readonly managers: { readonly asked: number; readonly failed: number };
  readonly told: number;
  readonly failed: number;
  readonly untold: Untold;
  readonly quarantined: number;
  readonly removed: number;
}

/** Active registrations that nobody tried to tell, by reason. */
export interface Untold {
  /** The queue manager gave no depths. */
  readonly unknownDepth: number;
  /** No such queue manager is configured. */
  readonly unknownManager: number;
  /** Fewer messages than they want to be told of. */
  readonly shallow: number;
  /** Told less than their `minGapMs` ago, or the target asked to be left alone. */
  readonly resting: number;
  /** The notification before, or the job that it started, has not ended. */
  readonly busy: number;
  /** No notifier knows the target. */
  readonly unaddressed: number;
  /** Removed, replaced or put in quarantine before it was their turn. */
  readonly gone: number;
}

/** How a queue manager did when it was asked. Times are in ms of the clock. */
export interface ManagerHealth {
  readonly manager: string;
  readonly state: 'unasked' | 'reachable' | 'failing';
  /** When it last gave depths. */
  readonly lastAnswerTime?: number | undefined;
  /** Failures since then. */
  readonly failures: number;
  readonly lastError?: string | undefined;
}

/** How the store does. Times are in ms of the clock. */
export interface StoreHealth {
  readonly name: string;
  /** Something is registered that is not known to be saved. */
  readonly dirty: boolean;
  /** Counts changes; it is clean when both are equal. */
  readonly version: number;
  readonly savedVersion: number;
  readonly saves: number;
  readonly failures: number;
  readonly lastSaveTime?: number | undefined;
  /** Of the last failure, until everything has succeeded again. */
  readonly lastError?: string | undefined;
}

/** What can be read of an observer at any time. */
export interface ObserverStats {
  /** `idle`: it does not run yet. `loading`: what is kept is not read yet, and nothing can be changed. */
  readonly state: 'idle' | 'loading' | 'ready' | 'closing' | 'closed';
  readonly registrations: number;
  readonly quarantined: number;
  readonly tombstones: number;
  readonly inFlight: number;
  /** Since the beginning. */
  readonly totals: {
    readonly cycles: number;
    readonly told: number;
    readonly failed: number;
    readonly retries: number;
    readonly quarantined: number;
    readonly restored: number;
    readonly removed: number;
  };
  /** Those that are configured. */
  readonly managers: readonly ManagerHealth[];
  readonly lastCycle?: CycleReport | undefined;
  readonly store?: StoreHealth | undefined;
}

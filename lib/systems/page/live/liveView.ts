/** What the live stream tells: see /openapi.json. */
export interface LiveView {
  /** In ms of the clock of the server. */
  readonly time: number;
  readonly process: ProcessFigures;
  /** How many there are of each kind, whatever was asked for. */
  readonly totals: Readonly<Record<string, number>>;
  /** Alerts that are raised. */
  readonly alerts: number;
  /** How many match and are not listed. */
  readonly omitted: number;
  readonly nodes: readonly LiveNode[];
}

export interface ProcessFigures {
  readonly uptimeMs: number;
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
  readonly heapUsedBytes: number;
  readonly heapTotalBytes: number;
  readonly residentBytes: number;
  /** 1 is one core. */
  readonly cpu: number;
}

export interface LiveNode {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly within?: number;
  readonly figures: Readonly<Record<string, number>>;
  /** Per second; absent: 0. */
  readonly rates: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly waits: readonly LiveWait[];
}

export interface LiveWait {
  readonly how: string;
  readonly subject?: string;
  readonly on?: number;
  readonly called?: string;
}

/** What has changed since the event before. */
export interface LiveDelta extends Partial<Omit<LiveView, 'time' | 'nodes'>> {
  readonly time: number;
  readonly nodes: readonly LiveNode[];
  readonly gone: readonly number[];
}

import type { InspectedNode } from './inspection.ts';

/** What a console shows of a program, whole. */
export interface LiveView {
  /** In ms since 1970. */
  readonly time: number;
  readonly process: ProcessFigures;
  /** How many nodes there are by kind, whatever was asked for. */
  readonly totals: Readonly<Record<string, number>>;
  /** Alerts that are raised now, whatever was asked for. */
  readonly alerts: number;
  /** Nodes that were asked for and are not listed. */
  readonly omitted: number;
  /** Whoever belongs to another one comes after it. */
  readonly nodes: readonly LiveNode[];
}

/** What has changed since the view before: what is absent has not. */
export interface LiveDelta extends Partial<Omit<LiveView, 'time' | 'nodes'>> {
  readonly time: number;
  /** Those that are new, or not what they were: each whole. */
  readonly nodes: readonly LiveNode[];
  /** Those that are not listed any more. */
  readonly gone: readonly number[];
}

/** A node of an inspection, with how fast it goes. Whom it belongs to may not be listed. */
export interface LiveNode extends Omit<InspectedNode, 'needs'> {
  /** How fast its counts grow, per second, over about the last one. What does not grow is absent. */
  readonly rates: Readonly<Record<string, number>>;
}

/** How the process itself does. */
export interface ProcessFigures {
  readonly uptimeMs: number;
  /** How late the event loop is, over about the last second. */
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
  readonly heapUsedBytes: number;
  readonly heapTotalBytes: number;
  readonly residentBytes: number;
  /** How many cores it keeps busy. */
  readonly cpu: number;
}

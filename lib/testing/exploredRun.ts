/** What happened at one step of a run. */
export interface StoryEvent {
  readonly step: number;
  /** The name of the source or call, or `out` for what the pipeline emits. */
  readonly lane: string;
  readonly kind: 'subscribe' | 'next' | 'error' | 'complete' | 'unsubscribe';
  readonly value?: unknown;
}

/** A run of a pipeline in an order that was chosen. */
export interface ExploredRun {
  readonly story: readonly StoryEvent[];
  /** `open`: nothing could happen any more, and it had not ended. `endless`: it took more steps than it may. */
  readonly ended: 'complete' | 'error' | 'cancelled' | 'open' | 'endless';
  /** Sources and calls that are still subscribed to after the end. */
  readonly left: readonly string[];
  /** Whether timers are set after the end. */
  readonly timersLeft: boolean;
}

/** The name of what a pipeline emits. */
export const OUT = 'out';

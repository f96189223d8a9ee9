import type { Origins } from './origins.ts';

/** Where a stage takes the values of one source from. */
export interface Supply<T> {
  /** It gives what it has as it likes, not as it is taken. */
  readonly pushes: boolean;
  /** Starts the source. */
  open(): void;
  /** The next values; none of them when the source has ended; undefined when `ready` will tell that there are some. */
  take(): readonly T[] | undefined;
  /** How it stands, where it may keep others waiting. */
  state?(): SupplyState;
  /** Where its values come from that were not used, those included that were taken. Absent where that is known: from whoever takes them. */
  readonly origins?: Origins | undefined;
}

/** What an inspection sees of a supply. */
export interface SupplyState {
  /** Since when its next value is waited for, in ms of the clock; undefined when there is one, or none will come. */
  readonly awaited: number | undefined;
  /** Values that it holds. */
  readonly held: number;
}

/** What a supply needs to know of the stage that takes from it. */
export interface SupplyOptions {
  /** Names the stage in errors. */
  readonly stage: string;
  /** Most values to hold of a source that pushes: those that were not taken, and those that were but are not used. */
  readonly bufferSize: number;
  /** How many values of the batch taken last are used. */
  readonly used: () => number;
  /** Tells that there is something to take: once after `open`, and once after each `take` that gave undefined. */
  readonly ready: () => void;
}

/** What a source gives that has ended. */
export const NOTHING: readonly never[] = [];

/** What a program is doing, at one moment: plain data. */
export interface InspectionGraph {
  /** In ms of the clock. */
  readonly time: number;
  /** Whoever belongs to another one comes after it. */
  readonly nodes: readonly InspectedNode[];
  /** Things that were left out, since there are more than may be listed. */
  readonly omitted: number;
}

/** One thing that may hold values, or hold them up. */
export interface InspectedNode {
  /** The same for a thing as long as the inspection runs. */
  readonly id: number;
  /** What sort of thing it is: `topic`, `subscriber`, `merge`, `job` … */
  readonly kind: string;
  readonly name: string;
  /** Whom it belongs to. */
  readonly within?: number;
  /** How it stands now: `waiting`, `capacity`, `running`, `oldestAgeMs` … A limit that is not there is none. */
  readonly figures: Readonly<Record<string, number>>;
  /** What only grows: `offered`, `dropped` … See `ratesBetween`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Whether it goes on when everything that it waits for has ended, or anything. */
  readonly needs: 'all' | 'any';
  /** What counts most comes first. */
  readonly waits: readonly InspectedWait[];
}

/** Why a thing does not go on, as the end of a sentence about it. */
export interface InspectedWait {
  /** What of it waits, where it is not the whole, with the word `its`: `its 4 running attempts`. */
  readonly subject?: string;
  /** `is paused`; before the name of another thing: `is blocked by`. */
  readonly how: string;
  /** The node that it waits for. */
  readonly on?: number;
  /** What it waits for, where that is no node. */
  readonly called?: string;
}

/** Who holds up whom. */
export interface Explanation {
  /** The chain in one sentence, from the node that was asked about to what everything waits for. */
  readonly sentence: string;
  /** The nodes of the chain, in the same order. */
  readonly chain: readonly number[];
  /** Those that wait for each other, and go on only when somebody helps. Empty where there are none. */
  readonly deadlock: readonly number[];
}

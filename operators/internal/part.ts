/** A thing that may hold values or hold them up, as an inspection sees it. Made when somebody looks. */
export interface Part {
  /** What sort of thing it is: `topic`, say. */
  readonly kind: string;
  readonly name: string;
  /** The thing itself: two parts of one thing are the same. */
  readonly of: object;
  readonly look: (now: number) => Look;
}

/** What is seen of a {@link Part} at one moment. */
export interface Look {
  /** How it stands. What is not finite is left out: there is no limit. */
  readonly figures?: Readonly<Record<string, number | undefined>>;
  /** What only grows. */
  readonly counts?: Readonly<Record<string, number>>;
  /** What it waits for; what counts most comes first. */
  readonly waits?: readonly Wait[];
  /** Whether it goes on when all that it waits for has ended (the default), or any of it. */
  readonly needs?: 'all' | 'any';
  /** What it keeps of others. */
  readonly holds?: readonly Holding[];
  /** That it waits for those who hold some of it, in words: `is used up by`. */
  readonly heldBy?: string | undefined;
  /** What belongs to it. */
  readonly parts?: Iterable<Part>;
}

/** Why a part does not go on, as the end of a sentence about it. */
export interface Wait {
  /** What of it waits, where it is not the whole, with the word `its`: `its 4 running attempts`. */
  readonly subject?: string | undefined;
  /** `is paused`; before the name of what it waits for: `is blocked by`. */
  readonly how: string;
  /** The thing that it waits for, where that is one. */
  readonly on?: object | undefined;
  /** What that is called where nobody looks at it: `transport 'orders'`. */
  readonly called?: string | undefined;
}

/** How much a part keeps of a thing. */
export interface Holding {
  readonly on: object;
  readonly amount: number;
}

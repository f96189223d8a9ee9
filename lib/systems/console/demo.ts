/** A small pipeline to look at, and what can be changed of it. */
export interface Demo {
  readonly topic: string;
  readonly sources: readonly DemoSource[];
  readonly subscribers: readonly DemoSubscriber[];
}

/** Where the orders of the demo come from. */
export interface DemoSource extends SourceKnobs {
  readonly name: string;
}

/** Who takes the orders of the demo. */
export interface DemoSubscriber extends SubscriberKnobs {
  readonly id: string;
  /** What an inspection calls it. */
  readonly name: string;
  readonly concurrency: number;
  readonly bufferSize: number;
  readonly overflow: string;
}

/** What can be changed of a source. */
export interface SourceKnobs {
  readonly running: boolean;
  readonly perSecond: number;
}

/** What can be changed of a subscriber. */
export interface SubscriberKnobs {
  /** How long it handles an order. */
  readonly delayMs: number;
  /** Whether it fails then. */
  readonly throws: boolean;
  readonly paused: boolean;
}

/** What is to be changed: what is absent stays as it is. */
export interface DemoPatch {
  readonly sources?: Readonly<Record<string, Partial<SourceKnobs>>>;
  readonly subscribers?: Readonly<Record<string, Partial<SubscriberKnobs>>>;
}

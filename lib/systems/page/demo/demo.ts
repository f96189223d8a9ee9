/** What the demo does now: see /openapi.json. */
export interface Demo {
  readonly topic: string;
  readonly sources: readonly DemoSource[];
  readonly subscribers: readonly DemoSubscriber[];
}

export interface DemoSource {
  readonly name: string;
  readonly running: boolean;
  readonly perSecond: number;
}

export interface DemoSubscriber {
  readonly id: string;
  /** Of its node in the graph. */
  readonly name: string;
  readonly delayMs: number;
  readonly throws: boolean;
  readonly paused: boolean;
  readonly concurrency: number;
  readonly bufferSize: number;
  readonly overflow: string;
}

/** What is to be other than now. */
export interface DemoChange {
  readonly sources?: Readonly<Record<string, Partial<Omit<DemoSource, 'name'>>>>;
  readonly subscribers?: Readonly<Record<string, Partial<Pick<DemoSubscriber, 'delayMs' | 'throws' | 'paused'>>>>;
}

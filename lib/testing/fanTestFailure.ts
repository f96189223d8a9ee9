/** What a test has left open when all is over, each with the line that opened it. */
export interface Leaks {
  /** Timers that are still set. */
  readonly timers: readonly string[];
  /** Subscriptions to its cold sources. */
  readonly subscriptions: readonly string[];
  /** What the test has tracked by `track`. */
  readonly handles: readonly string[];
}

/** A test has left something open when all is over. */
export class LeakError extends Error implements Leaks {
  override readonly name = 'LeakError';
  readonly code = 'leak';
  readonly timers: readonly string[];
  readonly subscriptions: readonly string[];
  readonly handles: readonly string[];

  constructor({ timers, subscriptions, handles }: Leaks) {
    super(['the test is over, and this is still open:', ...timers, ...subscriptions, ...handles].join('\n  '));
    this.timers = timers;
    this.subscriptions = subscriptions;
    this.handles = handles;
  }
}

/** A test waits for what does not come in virtual time: a promise that nobody settles, a socket, a file. */
export class StuckTestError extends Error {
  override readonly name = 'StuckTestError';
  readonly code = 'stuck_test';

  constructor(ms: number) {
    super(
      `at ${ms} ms the test still waits, and no timer is set: for a promise that nobody settles, or for a socket or a file, which ` +
        'virtual time knows nothing of',
    );
  }
}

/** A test under virtual time sets timers without end. */
export class EndlessTestError extends Error {
  override readonly name = 'EndlessTestError';
  readonly code = 'endless_test';

  constructor(timers: number, ms: number) {
    super(
      `still at work after ${timers} timers, at ${ms} ms; say when what has no end is left: expectObservable(a$, '^---!')`,
    );
  }
}

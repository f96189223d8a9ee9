/** A timer that a test under virtual time set is still set when all is over. */
export class LeakError extends Error {
  override readonly name = 'LeakError';
  readonly code = 'leak';
  /** Where each timer was set. */
  readonly timers: readonly string[];

  constructor(timers: readonly string[]) {
    super(['the test is over, and these timers are still set:', ...timers].join('\n  '));
    this.timers = timers;
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

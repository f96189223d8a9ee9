/** What a command may use of the process it runs in. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Width of standard output; undefined where it is not a terminal. */
  readonly columns: number | undefined;
  /**
   * Shows on one line what is waited for, and for how long, until it is given something else, or undefined. Nothing where
   * standard error is not a terminal.
   */
  readonly progress: (text: string | undefined) => void;
  /** Writes to standard output; resolves when there is room for more. Rejects with ReaderGoneError. */
  readonly write: (text: string) => Promise<void>;
  /** Writes to standard error. */
  readonly error: (text: string) => void;
  /** Calls back on each request to stop, until unsubscribed. */
  readonly onStop: (stop: () => void) => () => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
  /** Undefined where input or output is not a terminal. */
  readonly screen: Screen | undefined;
}

/** A terminal that somebody sits at. */
export interface Screen {
  /** How much room there is now. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Calls back when there is more room or less, until unsubscribed. */
  readonly onResize: (resized: () => void) => () => void;
  /** Takes what is typed, as the terminal tells it and without showing it, until unsubscribed. */
  readonly onTyped: (typed: (keys: string) => void) => () => void;
}

/** Whoever read the output has left, as `head` does: a reason to stop, not a failure. */
export class ReaderGoneError extends Error {
  override readonly name = 'ReaderGoneError';
  readonly code = 'reader_gone';

  constructor(options?: ErrorOptions) {
    super('nobody reads the output any more', options);
  }
}

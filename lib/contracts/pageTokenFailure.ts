/** Not a token of ours: malformed, altered, cut, or sealed with a key never seen here. All look the same from outside. */
export class InvalidPageTokenError extends Error {
  override readonly name = 'InvalidPageTokenError';
  readonly code = 'invalid_page_token';

  constructor(options?: ErrorOptions) {
    super('the page token is not valid; start again without one', options);
  }
}

/** A token of ours, given out for another query or another tenant. */
export class PageTokenMismatchError extends Error {
  override readonly name = 'PageTokenMismatchError';
  readonly code = 'page_token_mismatch';

  constructor() {
    super('the page token was given out for another query; repeat the query it came from, or start again without it');
  }
}

/** A token of ours that is too old, or whose key was retired. */
export class PageTokenExpiredError extends Error {
  override readonly name = 'PageTokenExpiredError';
  readonly code = 'page_token_expired';

  constructor() {
    super('the page token has expired; start again without one');
  }
}

/** A token of ours, given out before the sources or their order changed. */
export class PageTokenStaleError extends Error {
  override readonly name = 'PageTokenStaleError';
  readonly code = 'page_token_stale';

  constructor() {
    super('the sources or their order have changed since the page token was given out; start again without it');
  }
}

/** The position of so many sources does not fit into a token. */
export class PageTokenTooLargeError extends Error {
  override readonly name = 'PageTokenTooLargeError';
  readonly code = 'page_token_too_large';
  readonly bytes: number;
  readonly maxBytes: number;

  constructor(bytes: number, maxBytes: number) {
    super(
      `a page token would take ${bytes} bytes, at most ${maxBytes} are allowed; keep tokens on the server (storedTokens)`,
    );
    this.bytes = bytes;
    this.maxBytes = maxBytes;
  }
}

/** Why a page token was refused. */
export type PageTokenFailure =
  InvalidPageTokenError | PageTokenMismatchError | PageTokenExpiredError | PageTokenStaleError;

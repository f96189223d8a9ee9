import type { SourceOrderError } from '../../operators/errors.ts';

/** A source could not give its page: it failed, or did not answer in time. The reason is the `cause`. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code = 'source_failed';
  readonly source: string;

  constructor(source: string, cause: unknown) {
    super(`source ${source}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.source = source;
  }
}

/** A source did not answer before its deadline. The `cause` of a {@link SourceError}. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly code = 'deadline';
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`no answer within ${afterMs} ms`);
    this.afterMs = afterMs;
  }
}

/** A source gave one page after the other that brought nothing, each with a token for the next. */
export class SourceStalledError extends Error {
  override readonly name = 'SourceStalledError';
  readonly code = 'source_stalled';
  readonly source: string;
  readonly emptyPages: number;

  constructor(source: string, emptyPages: number) {
    super(`source ${source}: ${emptyPages} pages in a row without anything new, each with a next page token`);
    this.source = source;
    this.emptyPages = emptyPages;
  }
}

/** A source gave a next page token that leads back to where it was. */
export class SourceLoopError extends Error {
  override readonly name = 'SourceLoopError';
  readonly code = 'source_loop';
  readonly source: string;

  constructor(source: string) {
    super(`source ${source}: its next page token leads back to a page already seen`);
    this.source = source;
  }
}

/** A source gave a page far larger than asked for. */
export class SourceOversizedError extends Error {
  override readonly name = 'SourceOversizedError';
  readonly code = 'source_oversized';
  readonly source: string;
  readonly items: number;
  readonly maxItems: number;

  constructor(source: string, items: number, maxItems: number) {
    super(`source ${source}: a page of ${items} items, at most ${maxItems} are accepted`);
    this.source = source;
    this.items = items;
    this.maxItems = maxItems;
  }
}

/** Whatever ends a source's part in a page. */
export type SourceFailure =
  SourceError | SourceOrderError | SourceStalledError | SourceLoopError | SourceOversizedError;

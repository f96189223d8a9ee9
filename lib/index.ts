export { aggregatePages } from './core/paging/aggregatePages.ts';
export type {
  Aggregate,
  AggregateOptions,
  AggregatePage,
  Drift,
  Unreachable,
  WalkQuery,
} from './core/paging/aggregate.ts';
export { PageSizeError } from './core/paging/pageSize.ts';
export { pageTokens, type PageTokens, type PageTokensOptions } from './core/paging/pageTokens.ts';
export { NotJsonError } from './boundary/canonicalJson.ts';
export { decode } from './boundary/decode.ts';
export { decodeWith, type DecodeOptions } from './boundary/decodeWith.ts';
export { fromAbortable, type AbortableOptions } from './boundary/fromAbortable.ts';
export { fromAsyncIterable } from './boundary/fromAsyncIterable.ts';
export { fromKeyset } from './boundary/fromKeyset.ts';
export { fromLinkHeader } from './boundary/fromLinkHeader.ts';
export { fromOffset } from './boundary/fromOffset.ts';
export { fromSnapshot } from './boundary/fromSnapshot.ts';
export { fromToken } from './boundary/fromToken.ts';
export { TooLargeError } from './boundary/tooLargeError.ts';
export type { Codec } from './contracts/codec.ts';
export { DecodeError, FormatError, RefusedError, UnreachableError, type Fault } from './contracts/failure.ts';
export { comparePageKeys, type PageKey } from './contracts/pageKey.ts';
export type { Page, PageRequest, PageSource } from './contracts/pageSource.ts';
export {
  InvalidPageTokenError,
  PageTokenExpiredError,
  PageTokenMismatchError,
  PageTokenStaleError,
  PageTokenTooLargeError,
  type PageTokenFailure,
} from './contracts/pageTokenFailure.ts';
export {
  DeadlineError,
  SourceError,
  SourceLoopError,
  SourceOversizedError,
  SourceStalledError,
  type SourceFailure,
} from './contracts/sourceFailure.ts';
export type { TokenSealer } from './contracts/tokenSealer.ts';

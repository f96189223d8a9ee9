import type { PageKey } from '../contracts/pageKey.ts';
import type { PageSource } from '../contracts/pageSource.ts';

/** A page source with a list of at least three items that nobody changes, made anew for each law. */
export interface PageSourceSubject<T, Q> {
  readonly source: PageSource<T, Q>;
  readonly query: Q;
  readonly key: (item: T) => PageKey;
  /** The list the query asks for, where it is known. */
  readonly items?: readonly T[] | undefined;
  /** How many calls have reached the other side so far, where that can be counted. */
  readonly calls?: (() => number) | undefined;
  /** How many calls are still open on the other side, where that can be counted. */
  readonly liveCalls?: (() => number) | undefined;
  readonly close?: (() => void | Promise<void>) | undefined;
}

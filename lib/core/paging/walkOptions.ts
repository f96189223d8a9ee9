import type { PageSource } from '../../contracts/pageSource.ts';
import type { Order } from './order.ts';
import type { Hand } from './sourceReader.ts';
import type { WalkState } from './walkState.ts';

/** What a walk merges and how. */
export interface WalkOptions<T, Q> {
  readonly sources: readonly PageSource<T, Q>[];
  readonly query: Q;
  /** What an inspection calls it. */
  readonly name: string;
  readonly order: Order<T>;
  readonly from: WalkState;
  /** Items to ask a source for. */
  readonly sourcePageSize: number;
  readonly timeoutMs: number;
  readonly onSourceFailure: 'fail' | 'omit';
  readonly prefetch: number;
  readonly limits: { readonly emptyPages: number; readonly pageItems: number };
  /** A page kept from the stretch before, if it is still good. */
  readonly kept: (source: PageSource<T, Q>, token: string | undefined, size: number) => Hand<T> | undefined;
}

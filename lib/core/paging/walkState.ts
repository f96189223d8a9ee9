import type { PageKey } from '../../contracts/pageKey.ts';

/** Where a walk stands between two pages: what a page token holds. */
export interface WalkState {
  /** The last item delivered; absent before the first. */
  readonly frontier?: Frontier | undefined;
  /** One per source, in the order of the sources. */
  readonly positions: readonly Position[];
}

/** The last item that was delivered: nothing at or before it may be delivered again. */
export interface Frontier {
  readonly key: PageKey;
  /** The index of the source it came from. */
  readonly source: number;
}

/** Where one source stands. */
export type Position =
  | { readonly kind: 'start' }
  | {
      readonly kind: 'at';
      /** The upstream token of the page in hand; absent for the source's first page. */
      readonly token: string | undefined;
      /** How many items that page was asked for: asked again, it must have the same edges. */
      readonly size: number;
      /** How many of its items were taken. */
      readonly taken: number;
      /** Fingerprint of the key of the last item taken, or of the first item when none was; absent when not seen. */
      readonly mark: string | undefined;
    }
  | { readonly kind: 'done' };

import type { Publication } from './publication.ts';

/** The publications that wait for one subscriber, and which of them may start. */
export interface Line<A> {
  readonly size: number;
  /** Whether `take` has something to give. */
  readonly isReady: boolean;
  /** Whether a publication may start at once: nothing that may start waits, and its key is free, which it no longer is. */
  admits(publication: Publication<A>): boolean;
  /** Whether as many wait under its key as may. */
  isFullFor(publication: Publication<A>): boolean;
  isSameKey(one: Publication<A>, other: Publication<A>): boolean;
  push(publication: Publication<A>): void;
  /** Takes what is next; only while `isReady`. Its key is then no longer free. */
  take(): Publication<A>;
  /** Says that one that was taken or admitted is done, so that its key is free again. */
  release(publication: Publication<A>): void;
  /** Takes out the one that waits longest, under the key of `like` if there is one; only if there is such a one. */
  removeOldest(like?: Publication<A>): Publication<A>;
  oldest(): Publication<A> | undefined;
  /** Puts another one in the place of the newest that waits under the key of `like`. The replaced one, if there is one. */
  replaceNewest(by: (waiting: Publication<A>) => Publication<A>, like: Publication<A>): Publication<A> | undefined;
}

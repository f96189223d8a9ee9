import type { Publication } from './publication.ts';

/** Whose values a runner runs. */
export interface RunnerHost<A> {
  succeeded(publication: Publication<A>): void;
  /** Takes a value that failed for good. */
  failed(publication: Publication<A>, attempts: number, cause: unknown): void;
  /** Takes a value that was cancelled. */
  discarded(publication: Publication<A>): void;
}

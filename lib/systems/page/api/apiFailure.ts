/** Why an answer did not come: the `code` of the problem, or `offline` when there was no answer at all. */
export interface ApiFailure {
  readonly code: string;
  readonly detail: string;
  /** Of the answer; 0 when there was none. */
  readonly status: number;
}

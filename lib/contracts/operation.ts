/** Where a submitted command stands. The last three are the end of it. */
export type OperationState = 'accepted' | 'succeeded' | 'failed' | 'expired';

/** How an operation ends. */
export type OperationEnd = Exclude<OperationState, 'accepted'>;

/** A submitted command as the outside sees it. Never changed: each state is another one. */
export interface Operation {
  /** Names the operation; it is the correlation id of all that follows from the command. */
  readonly id: string;
  /** The name of the command. */
  readonly command: string;
  readonly state: OperationState;
  /** In ms of the clock, as the others. */
  readonly createTime: number;
  readonly endTime?: number | undefined;
  /** Why it did not succeed. */
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

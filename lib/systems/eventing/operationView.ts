import type { Operation, OperationState } from '../../contracts/operation.ts';

/** An operation as clients see it. Times are RFC 3339. */
export interface OperationView {
  readonly id: string;
  /** The name of the command. */
  readonly command: string;
  readonly state: OperationState;
  readonly createTime: string;
  readonly endTime?: string;
  /** Why it did not succeed. */
  readonly error?: { readonly code: string; readonly message: string };
}

export function operationView({ id, command, state, createTime, endTime, error }: Operation): OperationView {
  return {
    id,
    command,
    state,
    createTime: new Date(createTime).toISOString(),
    ...(endTime !== undefined && { endTime: new Date(endTime).toISOString() }),
    ...(error && { error }),
  };
}

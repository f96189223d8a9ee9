/** A key that made one operation came again with another command, or other data. */
export class IdempotencyConflictError extends Error {
  override readonly name = 'IdempotencyConflictError';
  readonly code = 'idempotency_key_reused';
  readonly operationId: string;

  constructor(operationId: string) {
    super(`this idempotency key made the operation ${operationId}, with another command or other data: use a new one`);
    this.operationId = operationId;
  }
}

/** As many operations as may be have no outcome yet. */
export class OperationsFullError extends Error {
  override readonly name = 'OperationsFullError';
  readonly code = 'operations_full';
  readonly maxOperations: number;

  constructor(maxOperations: number) {
    super(`${maxOperations} operations have no outcome yet: submit later, or raise maxOperations`);
    this.maxOperations = maxOperations;
  }
}

/** No such operation, or none of this tenant, or none any more. */
export class UnknownOperationError extends Error {
  override readonly name = 'UnknownOperationError';
  readonly code = 'unknown_operation';
  readonly operationId: string;

  constructor(operationId: string) {
    super(`no operation ${JSON.stringify(operationId.slice(0, 128))} is known, or none any more`);
    this.operationId = operationId;
  }
}

/** What was waited for did not come in time. Nothing was cancelled: it may come later. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
  readonly code = 'timeout';
  readonly what: string;
  readonly timeoutMs: number;

  constructor(what: string, timeoutMs: number) {
    super(`${what} did not come within ${timeoutMs} ms; nothing was cancelled, and it can be waited for again`);
    this.what = what;
    this.timeoutMs = timeoutMs;
  }
}

/** A payload does not allow a change that a route makes of every event. */
export class TransformError extends Error {
  override readonly name = 'TransformError';
  readonly code = 'not_transformable';
  /** A JSON pointer into the payload. */
  readonly at: string;

  constructor(steps: readonly string[], found: string) {
    const at = steps.map((step) => '/' + step.replaceAll('~', '~0').replaceAll('/', '~1')).join('');
    super(`${at === '' ? 'the payload' : at} is ${found}; the steps of the transform ask for something else`);
    this.at = at;
  }
}

/** An event could not be split, or not all of its parts were delivered. The first reason is the `cause`. */
export class SplitError extends Error {
  override readonly name = 'SplitError';
  readonly code = 'not_split';
  /** The parts that failed, counted from 0. */
  readonly failed: readonly number[];

  constructor(problem: string, failed: readonly number[] = [], options?: ErrorOptions) {
    super(problem, options);
    this.failed = failed;
  }
}

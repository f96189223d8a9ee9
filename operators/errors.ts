/** More values are waiting than the stage may hold. */
export class OverflowError extends Error {
  override readonly name = 'OverflowError';
  readonly code = 'overflow';
  readonly stage: string;
  readonly bufferSize: number;

  constructor(stage: string, bufferSize: number) {
    super(
      `${stage}: more than ${bufferSize} values are waiting; consume faster, raise bufferSize or choose an overflow policy`,
    );
    this.stage = stage;
    this.bufferSize = bufferSize;
  }
}

/** A source gave a value that belongs before the one it gave last. */
export class SourceOrderError extends Error {
  override readonly name = 'SourceOrderError';
  readonly code = 'source_order';
  /** The source's index, or its name where it has one. */
  readonly source: number | string;
  /** Which value of this source it was, counted from 0. */
  readonly position: number;

  constructor(source: number | string, position: number) {
    super(
      `source ${source}: value ${position} belongs before value ${position - 1}; sort the source by the order it is merged in`,
    );
    this.source = source;
    this.position = position;
  }
}

/** The comparator threw, or returned something that is not a number. */
export class ComparatorError extends Error {
  override readonly name = 'ComparatorError';
  readonly code = 'comparator';

  constructor(problem: string, options?: ErrorOptions) {
    super(`compare ${problem}; it must return a number: negative, 0 or positive`, options);
  }
}

/** An option has a value it cannot have. Thrown at the call. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
  readonly code = 'invalid_option';
  readonly option: string;
  readonly value: unknown;

  constructor(option: string, expected: string, value: unknown) {
    super(`${option} must be ${expected}, not ${inWords(value)}`);
    this.option = option;
    this.value = value;
  }
}

function inWords(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

/** An answer or a file is larger than is accepted; the rest of it was not read. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
  readonly code = 'too_large';
  readonly where: string;
  readonly maxBytes: number;

  constructor(where: string, maxBytes: number) {
    super(`${where}: it is larger than ${maxBytes} bytes; ask for less, or raise maxBytes`);
    this.where = where;
    this.maxBytes = maxBytes;
  }
}

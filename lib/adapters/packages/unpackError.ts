/** A compressed file that does not unpack to its end. Becomes a FormatError where the line is known. */
export class UnpackError extends Error {
  override readonly name = 'UnpackError';
  readonly code = 'unpack';
}

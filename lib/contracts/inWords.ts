/** What was thrown, in words, whatever it is: an error's message may be a getter that throws. */
export function inWords(cause: unknown): string {
  try {
    return String(cause instanceof Error ? cause.message : cause);
  } catch {
    return 'something that cannot be told in words';
  }
}

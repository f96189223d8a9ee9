/** Makes page tokens opaque and tamper evident. */
export interface TokenSealer {
  /** At most 8 KiB of base64url text that tells nothing about the payload; else PageTokenTooLargeError. */
  seal(payload: Uint8Array): string;
  /** The payload that was sealed. Throws InvalidPageTokenError or PageTokenExpiredError. */
  open(token: string): Uint8Array;
  /** A short digest of a text: equal for equal texts, and nobody can find another text with the same one. */
  digest(text: string): string;
}

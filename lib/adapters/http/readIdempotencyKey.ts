import { RequestError } from './problem.ts';

/** What a sender calls its request, the same for every try; undefined where it gives it no name. Throws RequestError. */
export function readIdempotencyKey(headers: Headers): string | undefined {
  const key = headers.get('idempotency-key') ?? undefined;
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new RequestError(400, 'invalid_idempotency_key', 'an Idempotency-Key is 1 to 255 visible ASCII characters');
}

import { createHash, timingSafeEqual } from 'node:crypto';
import { RequestError } from './problem.ts';

/** Throws RequestError unless the request has this bearer token. In the same time, whatever it has. */
export function checkToken({ headers }: Request, token: string): void {
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  if (timingSafeEqual(digest(given), digest(token))) return;
  throw new RequestError(401, 'unauthorized', 'this needs a bearer token', { 'www-authenticate': 'Bearer' });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

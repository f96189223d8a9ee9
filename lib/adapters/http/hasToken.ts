import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a request has this bearer token; it takes the same time, whatever the request has. */
export function hasToken({ headers }: Request, token: string): boolean {
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

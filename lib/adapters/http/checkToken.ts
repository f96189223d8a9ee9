import { hasToken } from './hasToken.ts';
import { RequestError } from './problem.ts';

/** Throws RequestError unless the request has this bearer token. */
export function checkToken(request: Request, token: string): void {
  if (hasToken(request, token)) return;
  throw new RequestError(401, 'unauthorized', 'this needs a bearer token', { 'www-authenticate': 'Bearer' });
}

import { RefusedError, UnreachableError } from '../../contracts/failure.ts';
import type { Address } from './address.ts';

/** How a connection that cannot be had, or that went, is told. */
export type ConnectionFailure = RefusedError | UnreachableError;

/** What another attempt with the same credentials and the same vhost gets again. */
const REFUSED = /\b(403|530) \(|\b(ACCESS[-_]REFUSED|NOT[-_]ALLOWED)\b|SASL mechanism/;

/** All that the client tells of a vhost that the broker does not open. */
const NOT_OPENED = 'Expected ConnectionOpenOk; got <ConnectionClose';

/** Turns what the client says into a typed failure that shows no credentials: never the cause itself, which may. */
export function connectionFailure({ shown, secrets }: Address, cause: unknown): ConnectionFailure {
  if (reasonOf(cause).includes(NOT_OPENED)) {
    return new RefusedError(shown, 'its vhost is not there, or not for this user');
  }
  const text = secrets.reduce((left, secret) => left.replaceAll(secret, '***'), reasonOf(cause));
  const reason = text.length > 500 ? `${text.slice(0, 497)}...` : text;
  return REFUSED.test(reason) ? new RefusedError(shown, reason) : new UnreachableError(shown, reason);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : 'the connection went';
}

import { createHash, timingSafeEqual } from 'node:crypto';
import { connectionOf } from '../../adapters/http/connection.ts';
import { RequestError } from '../../adapters/http/problem.ts';
import { createAttempts, type AttemptLimits } from './createAttempts.ts';

/** Who may do what. */
export interface ObserverAccess {
  /** Owner by API key; or everybody is the one owner `everybody`, or nobody may register. */
  readonly owners: ReadonlyMap<string, string> | 'everybody' | 'nobody';
  /** What whoever flushes the registrations must send as bearer token. Absent: nobody may. */
  readonly adminToken?: string | undefined;
  /** What whoever reads the figures must send; the token of the admin will do too. Absent, and no other: nobody may. */
  readonly metricsToken?: string | undefined;
  readonly attempts?: AttemptLimits | undefined;
}

/** Lets requests pass, or throws RequestError: 401, 403, 404 or 429. */
export interface Gate {
  /** Gives the owner whom a request is of. */
  owner(request: Request): string;
  admin(request: Request): void;
  metrics(request: Request): void;
}

/** The one owner where registrations are open to everybody. */
export const EVERYBODY = 'everybody';

/** Checks credentials. A comparison takes the same time whatever is sent, and so does a wrong one of any kind. */
export function createGate({ owners, adminToken, metricsToken, attempts: limits }: ObserverAccess): Gate {
  const attempts = createAttempts(limits);
  const tokens = (...given: (string | undefined)[]) =>
    given.flatMap((token) => (token === undefined ? [] : [digest(token)]));
  const adminDigests = tokens(adminToken);
  const metricsDigests = tokens(metricsToken, adminToken);
  const ownerDigests = new Map(
    typeof owners === 'string' ? [] : [...owners].map(([key, owner]) => [digest(key).toString('hex'), owner]),
  );

  function checked<A>(request: Request, find: (given: Buffer) => A | undefined): A {
    const { address } = connectionOf(request);
    attempts.check(address);
    const given = bearerOf(request);
    const found = find(digest(given ?? ''));
    if (found !== undefined) return found;
    if (given !== undefined) attempts.failed(address);
    throw new RequestError(401, 'unauthorized', 'this needs a bearer token', { 'www-authenticate': 'Bearer' });
  }
  const oneOf = (known: readonly Buffer[]) => (given: Buffer) =>
    known.map((token) => timingSafeEqual(token, given)).includes(true) || undefined;

  return {
    owner(request) {
      if (owners === 'nobody') {
        const says =
          'registrations are open on the loopback address only, unless there are OBSERVER_API_KEYS or OBSERVER_OPEN';
        throw new RequestError(403, 'register_closed', says);
      }
      if (owners !== 'everybody') return checked(request, (given) => ownerDigests.get(given.toString('hex')));
      refuseOtherSites(request);
      return EVERYBODY;
    },
    admin(request) {
      if (adminDigests.length === 0) throw disabled('OBSERVER_ADMIN_TOKEN');
      checked(request, oneOf(adminDigests));
    },
    metrics(request) {
      if (metricsDigests.length === 0) throw disabled('OBSERVER_METRICS_TOKEN or OBSERVER_ADMIN_TOKEN');
      checked(request, oneOf(metricsDigests));
    },
  };
}

function disabled(variable: string): RequestError {
  return new RequestError(404, 'disabled', `this is off, because there is no ${variable}`);
}

/** Undefined: none was sent, which is no guess. */
function bearerOf({ headers }: Request): string | undefined {
  const sent = headers.get('authorization');
  if (sent === null) return undefined;
  return /^Bearer +([^\s]{1,512})$/i.exec(sent)?.[1] ?? '';
}

/** Where no credentials are needed, a page of another site could send a form with the browser of whoever reads it. */
function refuseOtherSites({ headers, url }: Request): void {
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site');
  const isOther = origin !== null && origin !== new URL(url).origin;
  if (!isOther && site !== 'cross-site' && site !== 'same-site') return;
  throw new RequestError(403, 'cross_site', 'requests of pages of other sites are not taken');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { OptionError } from '../../../operators/errors.ts';
import { createAddressFilter } from './addressFilter.ts';
import { BlockedAddressError, BlockedUrlError } from './blockedTarget.ts';
import { isOwn, type OwnAddress } from './ownAddress.ts';
import { readTarget } from './targetRules.ts';

/** What {@link createTargetGuard} lets pass. */
export interface TargetGuardOptions {
  /** Networks that may be reached although they are not public: `127.0.0.0/8`, `fd00::/8`. Default: none. */
  readonly allowedNetworks?: readonly string[] | undefined;
  /**
   * Names that are accepted although they are not public: `localhost`, the name of a service. Their addresses are checked
   * like all others. Default: none.
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Default: 443, 80, 8080 and 8443. */
  readonly allowedPorts?: readonly number[] | 'any' | undefined;
  /** Default: both. */
  readonly allowedSchemes?: readonly ('https' | 'http')[] | undefined;
  /** Where this program is reached itself, asked at each check: nothing is sent there. Default: it is not reached. */
  readonly own?: (() => OwnAddress | undefined) | undefined;
  /** Finds the addresses of a host, a literal address included. Default: as the system does. */
  readonly resolve?: ((host: string) => Promise<readonly string[]>) | undefined;
}

/** Keeps requests to targets that strangers name away from what is not public. */
export interface TargetGuard {
  /**
   * Looks at a URL alone, for the time it is registered. Gives it as it was read, or throws {@link BlockedUrlError}. A name
   * that passes may still resolve to an address that is blocked.
   */
  checkTarget(target: string): URL;
  /**
   * Resolves the host of a URL that has passed, once, and gives the addresses that may be connected to, and no others may.
   * Rejects with BlockedAddressError when there is none, or with the error of the resolver.
   */
  addressesOf(url: URL): Promise<readonly string[]>;
}

const PORTS = [443, 80, 8080, 8443];
/** More than any host needs, and few enough to try. */
const MAX_ADDRESSES = 16;

/**
 * A guard against requests that are forged through the URLs of strangers (SSRF). It is for one who connects to the addresses
 * it gives, follows no redirect, and asks again for the next request.
 *
 * @example
 * const guard = createTargetGuard({ allowedNetworks: ['127.0.0.0/8'], allowedHosts: ['localhost'], allowedPorts: 'any' });
 */
export function createTargetGuard(options: TargetGuardOptions = {}): TargetGuard {
  const { allowedNetworks = [], allowedHosts = [], allowedPorts = PORTS, allowedSchemes = ['https', 'http'] } = options;
  const { own = () => undefined, resolve = resolveAsTheSystem } = options;
  if (allowedSchemes.length === 0) throw new OptionError('allowedSchemes', 'https, http, or both', 'none');
  const isAllowed = createAddressFilter(allowedNetworks);
  const rules = {
    schemes: new Set<string>(allowedSchemes),
    ports: allowedPorts === 'any' ? allowedPorts : new Set(allowedPorts),
    hosts: new Set(allowedHosts.map((host) => host.toLowerCase())),
  };

  return {
    checkTarget(target) {
      const url = readTarget(target, rules);
      const host = hostOf(url);
      const literal = isIP(host) === 0 ? [] : [host];
      if (literal.some((address) => !isAllowed(address)))
        throw new BlockedUrlError('address', target, `${host} is not a public address`);
      if (isOwn(url, literal, own())) throw new BlockedUrlError('own', target, 'it leads back to this program');
      return url;
    },
    async addressesOf(url) {
      const host = hostOf(url);
      const allowed = (await resolve(host)).filter(isAllowed).slice(0, MAX_ADDRESSES);
      if (allowed.length === 0) throw new BlockedAddressError(host, 'it has no public address');
      if (isOwn(url, allowed, own())) throw new BlockedAddressError(host, 'it leads back to this program');
      return allowed;
    },
  };
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

async function resolveAsTheSystem(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Where this program is reached itself. */
export interface OwnAddress {
  /** The ports that it listens on, whatever the address. */
  readonly ports: readonly number[];
  /** The names that it is known by outside, in lower case. Default: none. */
  readonly hosts?: readonly string[] | undefined;
  /** Paths that may be told all the same, such as `/notify`. Default: none. */
  readonly openPaths?: readonly string[] | undefined;
}

/** Whether a URL with one of `addresses` (none are known yet: its name alone counts) leads back to this program. */
export function isOwn(url: URL, addresses: readonly string[], own: OwnAddress | undefined): boolean {
  if (own === undefined || own.openPaths?.includes(url.pathname) === true) return false;
  if (own.hosts?.includes(url.hostname) === true) return true;
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
  if (!own.ports.includes(port)) return false;
  const here = addressesOfThisMachine();
  return addresses.some((address) => here.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'));
}

function addressesOfThisMachine(): BlockList {
  const list = new BlockList();
  list.addSubnet('0.0.0.0', 8, 'ipv4');
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::', 'ipv6');
  list.addAddress('::1', 'ipv6');
  for (const { address, family } of Object.values(networkInterfaces()).flatMap((entries) => entries ?? []))
    list.addAddress(address, family === 'IPv6' ? 'ipv6' : 'ipv4');
  return list;
}

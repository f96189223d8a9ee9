import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { OptionError } from '../../../operators/errors.ts';

/** IPv4 that does not lead to a public host (RFC 6890 and later), and what a cloud has behind a public address. */
const NOT_PUBLIC_4 = [
  '0.0.0.0/8', // this host
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared by carriers
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // the platform channel of Azure's machines
  '169.254.0.0/16', // link-local, metadata of clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // relays to 6to4
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
];

/** IPv6 that may be public; all else is local, multicast, mapped, translated or reserved. */
const MAYBE_PUBLIC_6 = '2000::/3';

/** What is not public within it. */
const NOT_PUBLIC_6 = [
  '2001::/23', // protocol assignments, Teredo among them
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4, which has an IPv4 address inside
  '3fff::/20', // documentation
];

/**
 * Tells whether an address may be connected to: a public one, or one of `allowedNetworks`, which are prefixes such as
 * `127.0.0.0/8`. Throws OptionError at a network that is not written so.
 */
export function createAddressFilter(allowedNetworks: readonly string[]): (address: string) => boolean {
  const allowed = blockListOf(allowedNetworks);
  const notPublic4 = blockListOf(NOT_PUBLIC_4);
  const maybePublic6 = blockListOf([MAYBE_PUBLIC_6]);
  const notPublic6 = blockListOf(NOT_PUBLIC_6);

  return (address) => {
    if (isIPv4(address)) return allowed.check(address) || !notPublic4.check(address);
    if (!isIPv6(address) || address.includes('%')) return false; // a zone is of this machine
    if (allowed.check(address, 'ipv6')) return true;
    return maybePublic6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6');
  };
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [, address = '', digits = ''] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(network) ?? [];
    const bits = Number(digits);
    if (isIPv4(address) && bits <= 32) list.addSubnet(address, bits, 'ipv4');
    else if (isIPv6(address) && bits <= 128) list.addSubnet(address, bits, 'ipv6');
    else throw new OptionError('allowedNetworks', 'networks such as 127.0.0.0/8 or fd00::/8', network);
  }
  return list;
}

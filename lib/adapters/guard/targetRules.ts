import { isIP } from 'node:net';
import { BlockedUrlError } from './blockedTarget.ts';

/** What a URL of a target may be. */
export interface TargetRules {
  readonly schemes: ReadonlySet<string>;
  readonly ports: ReadonlySet<number> | 'any';
  /** Lower case. */
  readonly hosts: ReadonlySet<string>;
}

const MAX_LENGTH = 2_048;
/** No part is escaped, relative, or empty. A host is letters, digits, `-`, `_` and dots, or an IPv6 address in brackets. */
const FORM = /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(0|[1-9]\d{0,5}))?(?:[/?#]|$)/i;
/** Names that are local by their ending (RFC 6761, RFC 6762 with its appendix G, RFC 8375). */
const LOCAL_NAME = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa)$/;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Reads the URL of a target, or throws BlockedUrlError at one that is not written plainly, or breaks a rule. */
export function readTarget(target: string, { schemes, ports, hosts }: TargetRules): URL {
  const blocked = (...[rule, reason]: [BlockedUrlError['rule'], string]) => new BlockedUrlError(rule, target, reason);
  const wanted = [...schemes].join(' or ');

  if (target.length > MAX_LENGTH) throw blocked('form', `it is longer than ${MAX_LENGTH} characters`);
  if (!/^[\x21-\x7e]*$/.test(target) || target.includes('\\'))
    throw blocked('form', 'spaces, backslashes, control and non-ASCII characters must be escaped, names in punycode');
  const scheme = /^([^/?#]*?):/.exec(target)?.[1] ?? '';
  if (!schemes.has(scheme)) throw blocked('scheme', `it must begin with ${wanted}, in lower case, and ://`);
  if (/^[^/]*\/\/[^/?#]*@/.test(target)) throw blocked('userInfo', 'user and password in a URL are not accepted');

  const [, , host = '', digits] = FORM.exec(target) ?? [];
  const url = URL.canParse(target) ? new URL(target) : undefined;
  const port = Number(digits ?? DEFAULT_PORTS[scheme]);
  if (host !== '' && ports !== 'any' && !ports.has(port))
    throw blocked('port', `port ${port} is not one of ${[...ports].join(', ')}`);
  if (host !== '' && (port < 1 || port > 65_535)) throw blocked('port', `${port} is not a port`);
  if (host === '' || url?.hostname !== host.toLowerCase())
    throw blocked('form', 'the host is not written plainly, an address in its usual form');
  checkName(url.hostname, hosts, blocked);
  return url;
}

/** A literal address is checked as an address. */
function checkName(
  name: string,
  hosts: ReadonlySet<string>,
  blocked: (rule: 'host' | 'form', reason: string) => Error,
): void {
  if (hosts.has(name) || name.startsWith('[') || isIP(name) !== 0) return;
  if (/^\.|\.\.|\.$/.test(name))
    throw blocked('form', 'a name has no dot at its beginning and its end, and no two in a row');
  if (!name.includes('.') || LOCAL_NAME.test(name)) throw blocked('host', `${name} is not a public name`);
}

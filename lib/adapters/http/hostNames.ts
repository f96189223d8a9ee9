import type { IncomingMessage } from 'node:http';
import { RequestError } from './problem.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** True for an address that only programs on this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** A host as it stands in a URL. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** One Host header, as HTTP/1.1 has it; before that there may be none. */
export function hasOneHost({ httpVersion, rawHeaders }: Pick<IncomingMessage, 'httpVersion' | 'rawHeaders'>): boolean {
  const count = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length;
  return count === 1 || (count === 0 && httpVersion === '1.0');
}

/**
 * Refuses requests made for another host's name. Without this, any web page could have its own name resolve to a
 * loopback address and read what is meant for this machine only (DNS rebinding).
 *
 * A server on a loopback address answers to the loopback names and to `allowed`; any other server answers to every name
 * until `allowed` has one.
 */
export function hostGuard(host: string, allowed: readonly string[]): (request: Request) => void {
  if (!isLoopback(host) && allowed.length === 0) return () => undefined;
  const names = new Set([...LOOPBACK_NAMES, inUrl(host), ...allowed].map((name) => name.toLowerCase()));

  return (request) => {
    const { hostname } = new URL(request.url);
    if (names.has(hostname.replace(/\.$/, ''))) return;
    throw new RequestError(
      421,
      'misdirected_request',
      'this server does not answer to that host name; see http.allowedHosts',
    );
  };
}

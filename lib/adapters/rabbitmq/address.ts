import type { Options } from 'amqplib';
import { OptionError } from '../../../operators/errors.ts';

/** Where a broker is, and who asks. */
export interface Address {
  /** Without credentials: for names, errors and figures. */
  readonly shown: string;
  readonly connect: Options.Connect;
  /** What no text may contain. */
  readonly secrets: readonly string[];
}

const EXPECTED = 'amqp://user:password@host:port/vhost, or amqps://';

/**
 * Reads the URL of a broker. Throws OptionError, without the URL in it, for one that is none.
 *
 * Nothing of it is optional in silence: what AMQP clients take from its query is an option of the transport here.
 */
export function readAddress(url: string): Address {
  const parts = parsed(url);
  if (parts.search !== '' || parts.hash !== '') throw new OptionError('url', `${EXPECTED}, without a query`, 'another');
  const hostname = parts.hostname.replace(/^\[|\]$/g, '');
  const port = parts.port === '' ? (parts.protocol === 'amqp:' ? 5_672 : 5_671) : Number(parts.port);
  const username = decoded(parts.username) || 'guest';
  const password = decoded(parts.password) || (parts.username === '' ? 'guest' : '');
  const vhost = parts.pathname.slice(1);
  return {
    shown: `${parts.protocol}//${parts.hostname}:${port}/${vhost}`,
    connect: { protocol: parts.protocol.slice(0, -1), hostname, port, username, password, vhost },
    secrets: [parts.password, password, `'${username}'`].filter((secret) => !['', 'guest', "'guest'"].includes(secret)),
  };
}

function parsed(url: string): URL {
  const parts = URL.canParse(url) ? new URL(url) : undefined; // what it throws shows the URL
  if (!parts || !['amqp:', 'amqps:'].includes(parts.protocol) || parts.hostname === '') {
    throw new OptionError('url', EXPECTED, 'another'); // not shown: there may be a password in it
  }
  return parts;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new OptionError('url', `${EXPECTED}, with user and password encoded for URLs`, 'another');
  }
}

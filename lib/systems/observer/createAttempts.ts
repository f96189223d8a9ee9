import { isIPv6 } from 'node:net';
import { RequestError } from '../../adapters/http/problem.ts';

/** How many wrong credentials an address may come with. */
export interface AttemptLimits {
  /** Default: 10. */
  readonly failures?: number | undefined;
  /** From the first of them, in ms. Default: 60 000. */
  readonly windowMs?: number | undefined;
  /** Most addresses that are remembered; beyond it the one that failed first is forgotten. Default: 10 000. */
  readonly maxAddresses?: number | undefined;
  readonly now?: (() => number) | undefined;
}

/** Counts wrong credentials by address. */
export interface Attempts {
  /** Throws RequestError 429 when too many of them came from this address. */
  check(address: string | undefined): void;
  /** Counts one. */
  failed(address: string | undefined): void;
}

interface Count {
  readonly since: number;
  readonly failures: number;
}

/** A limit of guesses per address; the addresses of one IPv6 network count as one. */
export function createAttempts(limits: AttemptLimits = {}): Attempts {
  const { failures: most = 10, windowMs = 60_000, maxAddresses = 10_000, now = Date.now } = limits;
  const counts = new Map<string, Count>();

  const current = (key: string): Count | undefined => {
    const count = counts.get(key);
    if (count === undefined || now() - count.since < windowMs) return count;
    counts.delete(key);
    return undefined;
  };

  return {
    check(address = '') {
      const count = current(keyOf(address));
      if (count === undefined || count.failures < most) return;
      const seconds = Math.max(1, Math.ceil((count.since + windowMs - now()) / 1_000));
      throw new RequestError(429, 'too_many_attempts', 'too many wrong credentials came from this address', {
        'retry-after': String(seconds),
      });
    },
    failed(address = '') {
      const key = keyOf(address);
      const { since, failures } = current(key) ?? { since: now(), failures: 0 };
      if (!counts.has(key) && counts.size >= maxAddresses) counts.delete(counts.keys().next().value!);
      counts.set(key, { since, failures: failures + 1 });
    },
  };
}

function keyOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIPv6(plain) ? plain.split('%')[0]!.split(':').slice(0, 4).join(':') : plain;
}

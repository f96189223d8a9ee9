import { asyncScheduler } from 'rxjs';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { isCount, isPageKey } from '../../boundary/jsonToken.ts';
import {
  InvalidPageTokenError,
  PageTokenExpiredError,
  PageTokenMismatchError,
  PageTokenStaleError,
} from '../../contracts/pageTokenFailure.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import { readKubeappsToken } from './kubeappsToken.ts';
import type { Frontier, Position, WalkState } from './walkState.ts';

/** What a page token is bound to: with anything else it is refused. */
export interface TokenBinding {
  readonly tenant: string;
  readonly query: unknown;
  /** Names of the sources, in their order. */
  readonly sources: readonly string[];
  /** The name of the order. */
  readonly order: string;
}

/** Writes and reads page tokens. */
export interface PageTokens {
  write(state: WalkState, binding: TokenBinding): string;
  /** Throws a page token failure. */
  read(token: string, binding: TokenBinding): WalkState;
}

/** How long tokens last and what else is taken for one. */
export interface PageTokensOptions {
  /** How long a token is good, in ms, from when it was given out. Default: 24 hours. */
  readonly ttlMs?: number | undefined;
  /** `kubeapps` also takes Kubeapps' plain offset tokens, for clients that migrate. Default: none. */
  readonly legacy?: 'kubeapps' | undefined;
}

/** Tokens given out by another instance may seem to come from the future by as much. */
const CLOCK_SKEW_MS = 60_000;

/**
 * Page tokens that hold the whole position, sealed, so that the server keeps nothing.
 *
 * @example
 * const tokens = pageTokens(aesGcmSealer({ keys: [{ id: 'k1', secret }] }), { ttlMs: 3_600_000 });
 */
export function pageTokens(sealer: TokenSealer, options: PageTokensOptions = {}): PageTokens {
  const { ttlMs = 24 * 3_600_000, legacy } = options;

  const digestsOf = ({ tenant, query, sources, order }: TokenBinding): readonly [string, string] => [
    sealer.digest(canonicalJson([tenant, query ?? null])),
    sealer.digest(canonicalJson([order, sources])),
  ];

  return {
    write({ frontier, positions }, binding) {
      const issuedAt = Math.floor(asyncScheduler.now() / 1000);
      const place = frontier ? [frontier.key, frontier.source] : null;
      const payload = JSON.stringify([issuedAt, ...digestsOf(binding), place, positions.map(pack)]);
      return sealer.seal(new TextEncoder().encode(payload));
    },

    read(token, binding) {
      if (legacy === 'kubeapps' && token.startsWith('{')) return readKubeappsToken(token, binding.sources);

      const [issuedAt, asked, served, place, packed] = parse(sealer.open(token));
      const ageMs = asyncScheduler.now() - issuedAt * 1000;
      if (ageMs < -CLOCK_SKEW_MS) throw new InvalidPageTokenError();
      if (ageMs > ttlMs) throw new PageTokenExpiredError();

      const [askedNow, servedNow] = digestsOf(binding);
      if (asked !== askedNow) throw new PageTokenMismatchError();
      if (served !== servedNow || packed.length !== binding.sources.length) throw new PageTokenStaleError();
      return { frontier: place ? { key: place[0], source: place[1] } : undefined, positions: packed.map(unpack) };
    },
  };
}

type Packed = 0 | 1 | readonly [token: string | null, size: number, taken: number, mark: string | null];
type Place = readonly [key: Frontier['key'], source: number] | null;
type Payload = readonly [issuedAt: number, asked: string, served: string, place: Place, positions: readonly Packed[]];

function pack(position: Position): Packed {
  if (position.kind === 'start') return 0;
  if (position.kind === 'done') return 1;
  return [position.token ?? null, position.size, position.taken, position.mark ?? null];
}

function unpack(packed: Packed): Position {
  if (packed === 0) return { kind: 'start' };
  if (packed === 1) return { kind: 'done' };
  const [token, size, taken, mark] = packed;
  return { kind: 'at', token: token ?? undefined, size, taken, mark: mark ?? undefined };
}

function parse(payload: Uint8Array): Payload {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    if (isPayload(value)) return value;
  } catch (cause) {
    throw new InvalidPageTokenError({ cause });
  }
  throw new InvalidPageTokenError();
}

function isPayload(value: unknown): value is Payload {
  if (!Array.isArray(value) || value.length !== 5) return false;
  const [issuedAt, asked, served, place, positions] = value as unknown[];
  return (
    isCount(issuedAt) &&
    typeof asked === 'string' &&
    typeof served === 'string' &&
    (place === null || (Array.isArray(place) && place.length === 2 && isPageKey(place[0]) && isCount(place[1]))) &&
    Array.isArray(positions) &&
    positions.every(isPacked)
  );
}

function isPacked(value: unknown): value is Packed {
  if (value === 0 || value === 1) return true;
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [token, size, taken, mark] = value as unknown[];
  const isTextOrNull = (part: unknown) => part === null || typeof part === 'string';
  return isTextOrNull(token) && isCount(size) && size > 0 && isCount(taken) && isTextOrNull(mark);
}

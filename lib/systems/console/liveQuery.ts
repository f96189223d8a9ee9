import { RequestError } from '../../adapters/http/problem.ts';
import { quoted, readQuery } from '../../adapters/http/readQuery.ts';

/** Which nodes a client wants to see. */
export interface LiveQuery {
  /** Empty: of any kind. */
  readonly kinds: ReadonlySet<string>;
  /** Only this node, and whatever belongs to it. */
  readonly within?: number | undefined;
  /** A part of the name, in lower case. */
  readonly name?: string | undefined;
  /** Most nodes that are listed. */
  readonly limit: number;
}

const MOST_KINDS = 32;
const LONGEST_KIND = 128;
const LONGEST_NAME = 256;
const LIMIT = { default: 100, max: 200 };

/** What the query of a request asks for. Throws RequestError. */
export function readLiveQuery(url: URL): LiveQuery {
  const { kind, within, name, limit } = readQuery(url, { once: ['within', 'name', 'limit'], many: ['kind'] });
  if (kind.length > MOST_KINDS || kind.some((one) => one === '' || one.length > LONGEST_KIND)) {
    const says = `kind may be given up to ${MOST_KINDS} times, each of 1 to ${LONGEST_KIND} characters`;
    throw new RequestError(400, 'invalid_kind', says);
  }
  if (name !== undefined && name.length > LONGEST_NAME) {
    throw new RequestError(400, 'invalid_name', `name may have at most ${LONGEST_NAME} characters`);
  }
  return {
    kinds: new Set(kind),
    within: within === undefined ? undefined : readNodeId(within, 'within'),
    name: name?.toLowerCase(),
    limit: limit === undefined ? LIMIT.default : limitOf(limit),
  };
}

/** The id of a node. Throws RequestError. */
export function readNodeId(text: string, parameter: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const says = `${parameter} must be the id of a node, a whole number, not ${quoted(text)}`;
  throw new RequestError(400, 'invalid_node', says);
}

function limitOf(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  if (limit >= 1 && limit <= LIMIT.max) return limit;
  const says = `limit must be a whole number from 1 to ${LIMIT.max}, not ${quoted(text)}`;
  throw new RequestError(400, 'invalid_limit', says);
}

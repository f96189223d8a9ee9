import { InvalidPageTokenError } from '../../contracts/pageTokenFailure.ts';
import { RequestError } from './problem.ts';

/** How {@link readQuery} reads: which parameters exist, each once or as often as wanted. */
export interface QueryShape<Once extends string, Many extends string> {
  readonly once: readonly Once[];
  readonly many?: readonly Many[] | undefined;
}

/**
 * The parameters of a request's query, each as often as it may come. A request that says one thing twice, or something
 * nobody reads, is refused: answering half of what was asked would look like an answer.
 */
export function readQuery<Once extends string, Many extends string = never>(
  url: URL,
  { once, many = [] }: QueryShape<Once, Many>,
): Readonly<Partial<Record<Once, string>>> & Readonly<Record<Many, readonly string[]>> {
  wellFormed(url.search);
  const known = new Set<string>([...once, ...many]);
  for (const name of url.searchParams.keys()) {
    if (!known.has(name)) {
      throw new RequestError(
        400,
        'unknown_parameter',
        `there is no parameter ${quoted(name)}; known: ${listed(known)}`,
      );
    }
  }
  for (const name of once) {
    if (url.searchParams.getAll(name).length > 1) {
      throw new RequestError(400, 'repeated_parameter', `${name} is given more than once`);
    }
  }
  return Object.fromEntries([
    ...once.flatMap((name) => (url.searchParams.has(name) ? [[name, url.searchParams.get(name)]] : [])),
    ...many.map((name) => [name, url.searchParams.getAll(name)]),
  ]) as Readonly<Partial<Record<Once, string>>> & Readonly<Record<Many, readonly string[]>>;
}

/** How many items a request asks for. 0 and nothing mean the default; more than can be counted means as many as allowed. */
export function readPageSize(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,400}$/.test(text)) {
    throw new RequestError(400, 'invalid_page_size', `pageSize must be a whole number, 0 or more, not ${quoted(text)}`);
  }
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}

/** Most characters of a page token; more are refused unread. */
const MAX_TOKEN_LENGTH = 8_192;

/** The page token of a request. Empty means the first page. */
export function readPageToken(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (text.length > MAX_TOKEN_LENGTH) throw new InvalidPageTokenError();
  return text;
}

/** A text from outside, short and on one line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

function wellFormed(search: string): void {
  try {
    decodeURIComponent(search);
  } catch {
    throw new RequestError(400, 'malformed_query', 'the query holds a % that is not followed by UTF-8 in hexadecimal');
  }
}

function listed(names: Iterable<string>): string {
  return [...names].join(', ');
}

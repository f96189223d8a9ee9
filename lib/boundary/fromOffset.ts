import { defer, map, type Observable, type ObservableInput } from 'rxjs';
import { OptionError } from '../../operators/errors.ts';
import type { PageKey } from '../contracts/pageKey.ts';
import type { Page, PageRequest, PageSource } from '../contracts/pageSource.ts';
import { SourceLoopError } from '../contracts/sourceFailure.ts';
import { ask } from './ask.ts';
import { canonicalJson } from './canonicalJson.ts';
import { fingerprint } from './fingerprint.ts';
import { isCount, readJsonToken } from './jsonToken.ts';

/** What the upstream of {@link fromOffset} is asked for. */
export interface OffsetRequest<Q> {
  /** How many items to pass over. */
  readonly offset: number;
  /** Most items to give. */
  readonly limit: number;
  readonly query: Q;
  /** Aborted as soon as the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

/** What it answers: the items, and how many there are in all, where it knows. */
export type OffsetAnswer<T> =
  readonly T[] | { readonly items: readonly T[]; readonly total?: number | null | undefined };

/** Which list {@link fromOffset} reads. */
export interface OffsetOptions<T, Q> {
  /** Names the source, see {@link PageSource}. */
  readonly name: string;
  /** Gives items of the list, which is in the order of the aggregate. Fewer than `limit` without a total is the end. */
  readonly fetch: (request: OffsetRequest<Q>) => ObservableInput<OffsetAnswer<T>>;
  /** What makes an item the same item. Default: all of its data, which must then be JSON data. */
  readonly key?: ((item: T) => PageKey) | undefined;
  /** Most items that the upstream gives at once, at least 2. Set it where there is such a limit: see `fetch`. */
  readonly maxLimit?: number | undefined;
}

/** The next offset, and the fingerprint of the item before it. */
type Position = readonly [offset: number, before: string];

/**
 * A page source over a list that is read by offset and limit.
 *
 * A list that changes moves under its offsets. So each page but the first asks for the last item of the page before as
 * well: if another one is there, the page says `shifted` and gives that item too, for it may be new.
 *
 * @example
 * const users = fromOffset({
 *   name: 'users',
 *   fetch: ({ offset, limit, signal }) => getJson(`/users?skip=${offset}&take=${limit}`, signal),
 * });
 */
export function fromOffset<T, Q = unknown>(options: OffsetOptions<T, Q>): PageSource<T, Q> {
  const { name, fetch, key, maxLimit = Infinity } = options;
  if (!(maxLimit >= 2)) throw new OptionError('maxLimit', 'at least 2: one item seen before and one more', maxLimit);
  const print = (item: T) => fingerprint(canonicalJson(key ? key(item) : item));

  function page({ query, pageToken, pageSize, signal }: PageRequest<Q>): Observable<Page<T>> {
    const [next, before] = pageToken ? readJsonToken(pageToken, isPosition) : [0, undefined];
    const offset = before === undefined ? next : next - 1;
    const limit = Math.min(next - offset + pageSize, maxLimit);

    return ask(name, (aborted) => fetch({ offset, limit, query, signal: aborted }), { signal }).pipe(
      map((answer) => {
        const { items, total } = 'items' in answer ? answer : { items: answer };
        const shifted = before !== undefined && (items.length === 0 || print(items[0]!) !== before);
        const fresh = shifted ? items : items.slice(next - offset);
        const end = offset + items.length;
        const ended = typeof total === 'number' ? end >= total : items.length < limit;

        if (!ended && fresh.length === 0) throw new SourceLoopError(name); // a total that is never reached
        return {
          items: fresh,
          ...(shifted && { shifted }),
          ...(!ended && { nextPageToken: canonicalJson([end, print(items.at(-1)!)]) }),
        };
      }),
    );
  }

  return { name, paging: 'offset', fetch: (request) => defer(() => page(request)) };
}

function isPosition(value: unknown): value is Position {
  return (
    Array.isArray(value) && value.length === 2 && isCount(value[0]) && value[0] > 0 && typeof value[1] === 'string'
  );
}

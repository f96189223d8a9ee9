import { defer, map, type Observable, type ObservableInput } from 'rxjs';
import { OptionError } from '../../operators/errors.ts';
import type { PageKey } from '../contracts/pageKey.ts';
import type { Page, PageRequest, PageSource } from '../contracts/pageSource.ts';
import { ask } from './ask.ts';
import { canonicalJson } from './canonicalJson.ts';
import { isPageKey, readJsonToken } from './jsonToken.ts';

/** What the upstream of {@link fromKeyset} is asked for. */
export interface KeysetRequest<K, Q> {
  /** Give only items whose key is greater; absent for the first page. */
  readonly after: K | undefined;
  /** Most items to give. */
  readonly limit: number;
  readonly query: Q;
  /** Aborted as soon as the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

/** Which list {@link fromKeyset} reads. */
export interface KeysetOptions<T, Q, K extends PageKey> {
  /** Names the source, see {@link PageSource}. */
  readonly name: string;
  /** Gives items of the list, which is in the order of the aggregate. Fewer than `limit` is the end. */
  readonly fetch: (request: KeysetRequest<K, Q>) => ObservableInput<readonly T[]>;
  /** Where an item stands in the order. Unique, or items are lost between two pages. */
  readonly key: (item: T) => K;
  /** Most items that the upstream gives at once. Set it where there is such a limit: see `fetch`. */
  readonly maxLimit?: number | undefined;
}

/** After the item with this key. */
type Position<K> = readonly [key: K];

/**
 * A page source over a list that can be read from a key on, such as a table with an index. Inserts and deletes between
 * two pages move nothing: the walk gives every item that stays.
 *
 * @example
 * const users = fromKeyset({
 *   name: 'users',
 *   key: (user: User) => user.id,
 *   fetch: ({ after = 0, limit }) => sql`select * from users where id > ${after} order by id limit ${limit}`,
 * });
 */
export function fromKeyset<T, Q = unknown, K extends PageKey = PageKey>(
  options: KeysetOptions<T, Q, K>,
): PageSource<T, Q> {
  const { name, fetch, key, maxLimit = Infinity } = options;
  if (!(maxLimit >= 1)) throw new OptionError('maxLimit', 'at least 1', maxLimit);

  function page({ query, pageToken, pageSize, signal }: PageRequest<Q>): Observable<Page<T>> {
    const after = pageToken ? readJsonToken(pageToken, isPosition<K>)[0] : undefined;
    const limit = Math.min(pageSize, maxLimit);

    return ask(name, (aborted) => fetch({ after, limit, query, signal: aborted }), { signal }).pipe(
      map((items) => {
        const last = items.at(-1);
        return items.length < limit || last === undefined
          ? { items }
          : { items, nextPageToken: canonicalJson([key(last)]) };
      }),
    );
  }

  return { name, paging: 'keyset', fetch: (request) => defer(() => page(request)) };
}

function isPosition<K extends PageKey>(value: unknown): value is Position<K> {
  return Array.isArray(value) && value.length === 1 && isPageKey(value[0]);
}

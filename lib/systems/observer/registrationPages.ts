import type { Observable } from 'rxjs';
import { fromKeyset } from '../../boundary/fromKeyset.ts';
import { comparePageKeys } from '../../contracts/pageKey.ts';
import type { Registration } from '../../contracts/registration.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import type { AggregatePage, WalkQuery } from '../../core/paging/aggregate.ts';
import { aggregatePages } from '../../core/paging/aggregatePages.ts';
import { pageTokens } from '../../core/paging/pageTokens.ts';
import type { Observer } from '../../core/watching/observer.ts';

/** Where in the list, and of whom: the tenant is the owner. */
export interface RegistrationWalk extends Omit<WalkQuery<never>, 'query'> {
  readonly tenant: string;
}

/** The list of registrations, page by page as all lists are. */
export interface RegistrationPages {
  /** Those of one owner, by id. */
  page(walk: RegistrationWalk): Observable<AggregatePage<Registration>>;
}

export function registrationPages({ list }: Pick<Observer, 'list'>, sealer: TokenSealer): RegistrationPages {
  const pages = aggregatePages<Registration, { readonly owner: string }>({
    sources: [
      fromKeyset({
        name: 'registrations',
        key: idOf,
        fetch: ({ after, limit, query: { owner } }) => {
          const all = list(owner);
          const from = after === undefined ? 0 : firstAfter(all, after);
          return [all.slice(from, from + limit)];
        },
      }),
    ],
    key: idOf,
    order: 'registrations by id',
    tokens: pageTokens(sealer),
    cache: { maxItems: 0 }, // it is here already, and changes
  });
  return { page: (walk) => pages.page({ ...walk, query: { owner: walk.tenant } }) };
}

function idOf({ id }: Registration): string {
  return id;
}

/** The place of the first whose id is greater, in a list by id. */
function firstAfter(all: readonly Registration[], id: string): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePageKeys(all[middle]!.id, id) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

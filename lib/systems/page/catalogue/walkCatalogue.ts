import { catchError, concat, defer, EMPTY, exhaustMap, map, of, startWith, tap, type Observable } from 'rxjs';
import type { ApiFailure } from '../api/apiFailure.ts';
import { fetchItems, type Filter, type Item, type ItemPage, type Unreachable } from './api.ts';

/** How far the reader has got in the list. */
export interface Walk {
  /** `more`: there is a next page. `failed`: it did not come, and can be asked for again. */
  readonly kind: 'loading' | 'more' | 'end' | 'failed';
  readonly items: readonly Item[];
  readonly unreachable: readonly Unreachable[];
  /** The list has changed while it was read. */
  readonly drifted: boolean;
  /** The list was started again, since the server did not know its place any more. */
  readonly restarted: boolean;
  readonly failure?: ApiFailure;
  readonly nextPageToken: string;
}

const START: Walk = {
  kind: 'loading',
  items: [],
  unreachable: [],
  drifted: false,
  restarted: false,
  nextPageToken: '',
};

/** The first page, then one more page for each demand; demands during a request are ignored. */
export function walkCatalogue(filter: Filter, demand: Observable<unknown>): Observable<Walk> {
  return defer(() => {
    let walk = START;

    function nextPage(): Observable<Walk> {
      return concat(
        of<Walk>({ ...walk, kind: 'loading' }),
        fetchItems(filter, walk.nextPageToken).pipe(
          map((page) => withPage(walk, page)),
          catchError((thrown: unknown) => {
            const failure = thrown as ApiFailure; // what ask() errors with
            const lost = failure.code === 'page_token_expired' || failure.code === 'page_token_stale';
            if (!lost || walk.nextPageToken === '') return of<Walk>({ ...walk, kind: 'failed', failure });
            walk = { ...START, restarted: true };
            return nextPage();
          }),
        ),
      );
    }

    return demand.pipe(
      startWith(undefined),
      exhaustMap(() => (walk.kind === 'end' ? EMPTY : nextPage())),
      tap((next) => {
        walk = next;
      }),
    );
  });
}

function withPage({ items, drifted, restarted }: Walk, page: ItemPage): Walk {
  const { nextPageToken, unreachable = [], drift } = page;
  return {
    kind: nextPageToken === '' ? 'end' : 'more',
    items: [...items, ...page.items],
    unreachable,
    drifted: drifted || drift !== undefined,
    restarted,
    nextPageToken,
  };
}

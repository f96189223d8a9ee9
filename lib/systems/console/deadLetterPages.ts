import { concat, from, mergeMap, toArray, type Observable } from 'rxjs';
import { fromSnapshot } from '../../boundary/fromSnapshot.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import type { AggregatePage, WalkQuery } from '../../core/paging/aggregate.ts';
import { aggregatePages } from '../../core/paging/aggregatePages.ts';
import { pageTokens } from '../../core/paging/pageTokens.ts';
import type { DeadLetterPlace, DeadLetterSource } from './deadLetterSource.ts';

/** Reads one page. */
export type DeadLetterPages = (place: Omit<WalkQuery<never>, 'query'>) => Observable<AggregatePage<DeadLetterPlace>>;

const NAME = 'dead letters';

/** Pages of where dead letters are, by kind and name. They are counted anew for each page, and only then. */
export function deadLetterPages(sources: readonly DeadLetterSource[], sealer: TokenSealer): DeadLetterPages {
  const tokens = pageTokens(sealer);
  const key = ({ kind, name }: DeadLetterPlace): readonly [string, string] => [kind, name];
  const all$ = concat(...sources.map((source) => source.list())).pipe(
    mergeMap((places) => from(places)),
    toArray(),
  );
  // Counted before it is walked: what a source says of its failure is for whoever asks, and is no failure of a page.
  return (place) =>
    all$.pipe(
      mergeMap((places) => {
        const source = fromSnapshot({ name: NAME, load: () => [places], key, maxAgeMs: 0 });
        return aggregatePages({ sources: [source], key, order: `${NAME} by kind and name`, tokens }).page({
          ...place,
          query: {},
        });
      }),
    );
}

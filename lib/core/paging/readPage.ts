import { Observable } from 'rxjs';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import type { PageSource } from '../../contracts/pageSource.ts';
import type { AggregatePage, WalkQuery } from './aggregate.ts';
import type { PageCache } from './pageCache.ts';
import { openSession } from './session.ts';
import type { Settings } from './settings.ts';
import { settleWith } from './settleWith.ts';
import type { Stretch } from './stretch.ts';
import { createWalk } from './walk.ts';

/** One page on its own: goes on from a token, and keeps the pages in hand for whoever comes with the next one. */
export function readPage<T, Q>(
  settings: Settings<T, Q>,
  cache: PageCache<T>,
  query: WalkQuery<Q>,
): Observable<AggregatePage<T>> {
  const { sources, verify } = settings;
  // A page of an offset source that was kept would hide that the list has moved since.
  const mayKeep = (source: PageSource<T, Q>) => verify === 'off' || source.paging === 'keyset';

  return new Observable((subscriber) => {
    const { size, walk: walkOptions, address, pageOf } = openSession(settings, query);
    const addressOf = (source: PageSource<T, Q>, token: string | undefined, pageSize: number) =>
      canonicalJson([address, source.name, token ?? null, pageSize]);

    const keep = ({ places }: Stretch<T>) => {
      for (const [lane, place] of places().entries()) {
        const source = sources[lane]!;
        if (place.kind !== 'reading' || !mayKeep(source)) continue;
        cache.put(addressOf(source, place.hand.token, place.hand.size), place.hand);
      }
    };

    const walk = createWalk({
      ...walkOptions,
      prefetch: 0,
      kept: (source, token, pageSize) => (mayKeep(source) ? cache.get(addressOf(source, token, pageSize)) : undefined),
    });
    subscriber.add(walk.stop);
    walk.run(
      size,
      settleWith(subscriber, (stretch) => {
        keep(stretch);
        // The token is read now: a position that fits into none is this page's error.
        return { ...pageOf(stretch) };
      }),
    );
  });
}

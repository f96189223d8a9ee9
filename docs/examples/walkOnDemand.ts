// A walk that stays open: pages are fetched as they are pulled, and leaving the loop cancels what was fetched ahead.
import { from } from 'ix/asynciterable';
import { concatMap, take } from 'ix/asynciterable/operators';
import { aggregatePages, fromKeyset, pageTokens } from 'rxfan';
import { ephemeralSealer } from 'rxfan/node';

const numbers = Array.from({ length: 1_000 }, (_, i) => i);
const remainder = (rest: number) =>
  fromKeyset({
    name: `${rest} modulo 3`,
    key: (n: number) => n,
    fetch: ({ after = -1, limit }) => [numbers.filter((n) => n % 3 === rest && n > after).slice(0, limit)],
  });

const all = aggregatePages({
  sources: [remainder(0), remainder(1), remainder(2)],
  key: (n) => n,
  tokens: pageTokens(ephemeralSealer({ warn: () => undefined })),
});

// ix shapes the pull: items out of pages, and no more of them than are wanted.
export const seen: number[] = [];
for await (const n of from(all.pages({ pageSize: 10 })).pipe(
  concatMap(({ items }) => items),
  take(30),
))
  seen.push(n);
console.log(seen.join(' '));

// Users of two regions as one list, three to a page: one is read from a name on, the other by offset and limit.
import { firstValueFrom } from 'rxjs';
import { aggregatePages, fromKeyset, fromOffset, pageTokens } from 'rxfan';
import { ephemeralSealer } from 'rxfan/node';

const europe = ['anna', 'carl', 'eva', 'gert'];
const america = ['bob', 'dan', 'fay'];

const users = aggregatePages({
  sources: [
    fromKeyset({
      name: 'europe',
      key: (name: string) => name,
      fetch: ({ after = '', limit }) => [europe.filter((name) => name > after).slice(0, limit)],
    }),
    fromOffset({ name: 'america', fetch: ({ offset, limit }) => [america.slice(offset, offset + limit)] }),
  ],
  key: (name) => name,
  tokens: pageTokens(ephemeralSealer()), // a key for this process only: it says so
  pageSize: { default: 3 },
});

export const first = await firstValueFrom(users.page());
console.log(first.items, first.nextPageToken.slice(0, 8));

export const second = await firstValueFrom(users.page({ pageToken: first.nextPageToken }));
console.log(second.items);

export const all: string[] = [];
for await (const { items } of users.pages()) all.push(...items);
console.log(all.join(' '));

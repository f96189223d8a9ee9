import { of } from 'rxjs';
import { expectTypeOf, it } from 'vitest';
import { fromAsyncIterable } from '../../lib/boundary/fromAsyncIterable.ts';
import { fromKeyset } from '../../lib/boundary/fromKeyset.ts';
import { fromLinkHeader } from '../../lib/boundary/fromLinkHeader.ts';
import { fromOffset } from '../../lib/boundary/fromOffset.ts';
import { fromSnapshot } from '../../lib/boundary/fromSnapshot.ts';
import { fromToken } from '../../lib/boundary/fromToken.ts';
import type { PageSource } from '../../lib/contracts/pageSource.ts';

interface User {
  readonly id: number;
  readonly name: string;
}
interface Query {
  readonly text: string;
}
declare const users: readonly User[];

it('takes the item from what the upstream gives', () => {
  expectTypeOf(fromSnapshot({ name: 'x', load: () => Promise.resolve(users), key: ({ name }) => name })).toEqualTypeOf<
    PageSource<User>
  >();
  expectTypeOf(fromOffset({ name: 'x', fetch: async () => users })).toEqualTypeOf<PageSource<User>>();
  expectTypeOf(
    fromOffset({ name: 'x', fetch: ({ offset, limit }) => of({ items: users.slice(offset, limit), total: 7 }) }),
  ).toEqualTypeOf<PageSource<User>>();
  expectTypeOf(fromToken({ name: 'x', fetch: async () => ({ items: users, nextPageToken: null }) })).toEqualTypeOf<
    PageSource<User>
  >();
  expectTypeOf(
    fromLinkHeader({ name: 'x', url: () => 'https://x/', fetch: () => of({ items: users, link: null }) }),
  ).toEqualTypeOf<PageSource<User>>();
  expectTypeOf(
    fromAsyncIterable({
      name: 'x',
      open: async function* () {
        yield* users;
      },
    }),
  ).toEqualTypeOf<PageSource<User>>();
});

it('takes the query from where it is used', () => {
  const matches = ({ name }: User, { text }: Query) => name.includes(text);
  expectTypeOf(fromSnapshot({ name: 'x', load: async () => users, key: ({ id }) => id, matches })).toEqualTypeOf<
    PageSource<User, Query>
  >();
  expectTypeOf(
    fromSnapshot({
      name: 'x',
      load: async () => users,
      key: ({ id }) => id,
      matches: (_, query: Query) => query.text === '',
    }),
  ).toEqualTypeOf<PageSource<User, Query>>();
  expectTypeOf(
    fromLinkHeader({
      name: 'x',
      url: ({ query }: { query: Query; pageSize: number }) => `https://x/?q=${query.text}`,
      fetch: async () => ({ items: users }),
    }),
  ).toEqualTypeOf<PageSource<User, Query>>();
});

it('gives fetch the key that the items are ordered by', () => {
  expectTypeOf(
    fromKeyset({
      name: 'x',
      key: (user: User) => user.id,
      fetch: async ({ after, limit }) => {
        expectTypeOf(after).toEqualTypeOf<number | undefined>();
        expectTypeOf(limit).toEqualTypeOf<number>();
        return users;
      },
    }),
  ).toEqualTypeOf<PageSource<User>>();
});

it('gives compare the keys', () => {
  fromSnapshot({
    name: 'x',
    load: async () => users,
    key: (user) => user.name,
    compare: (a, b) => {
      expectTypeOf(a).toEqualTypeOf<string>();
      return a.localeCompare(b);
    },
  });
});

it('refuses what is no key, and what is no list', () => {
  // @ts-expect-error a date is no key
  fromSnapshot({ name: 'x', load: async () => users, key: () => new Date() });
  // @ts-expect-error one user is no list
  fromSnapshot({ name: 'x', load: async () => users[0]!, key: () => 1 });
  // @ts-expect-error the page is a list, not an object with rows
  fromOffset({ name: 'x', fetch: async () => ({ rows: users }) });
});

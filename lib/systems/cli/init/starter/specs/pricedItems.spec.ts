import { fakePageSource } from 'rxfan/testing';
import { fanTest, marbles } from 'rxfan/testing/vitest';
import { describe, it } from 'vitest';
import { pricedItems, type Item } from '../src/pricedItems.ts';

/** A shop that answers after so many milliseconds, which are characters of a diagram. */
const shop = (name: string, titles: readonly string[], latencyMs: number) =>
  fakePageSource<Item>({
    name,
    items: titles.map((title) => ({ title, shop: name })),
    key: ({ title }) => title,
    latencyMs,
  });

const priced = (title: string, shop: string, price: number) => ({ title, shop, price });

describe('pricedItems', () => {
  it(
    'lists two shops in one order, and asks for two prices at the same time',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const books = shop('books', ['a', 'c'], 1);
      const films = shop('films', ['b'], 2); // until it answers, nobody knows what is first
      const prices: Record<string, ReturnType<typeof cold<number>>> = {
        a: cold('   --(1|)', { 1: 1 }),
        b: cold('   ---(2|)', { 2: 2 }),
        c: cold('     --(3|)', { 3: 3 }),
      };
      const thirdSubs = ' ----^-!';
      const expected = '  ----ab(c|)';

      expectObservable(pricedItems({ shops: [books, films], priceOf: ({ title }) => prices[title]! })).toBe(expected, {
        a: priced('a', 'books', 1),
        b: priced('b', 'films', 2),
        c: priced('c', 'books', 3),
      });
      expectSubscriptions(prices['c']!.subscriptions).toBe(thirdSubs);
    }),
  );

  it(
    'asks again for a price after a second',
    fanTest(async ({ expectObservable, sleep }) => {
      const answers = [() => Promise.reject(new Error('down')), () => Promise.resolve(7)];
      const priceOf = () => sleep(20).then(() => answers.shift()!());

      expectObservable(pricedItems({ shops: [shop('books', ['a'], 5)], priceOf })).toBe('1045ms (a|)', {
        a: priced('a', 'books', 7),
      });
    }),
  );
});

// npm start: two shops as one list. One gives its whole list at once, the other page by page, as most HTTP APIs do.
import { fromOffset, fromSnapshot } from 'rxfan';
import { map, timer } from 'rxjs';
import { pricedItems, type Item } from './pricedItems.ts';

const of = (shop: string) => (title: string) => ({ title, shop });
const books = ['Atlas', 'Cosmos', 'Emma', 'Ulysses'].map(of('books'));
const films = ['Brazil', 'Dune', 'Emma', 'Vertigo'].map(of('films'));

const shops = [
  fromSnapshot({ name: 'books', load: () => [books], key: ({ title }: Item) => title }),
  fromOffset({
    name: 'films',
    fetch: ({ offset, limit }) => timer(50).pipe(map(() => films.slice(offset, offset + limit))),
  }),
];
pricedItems({ shops, priceOf: ({ title }) => timer(100).pipe(map(() => title.length)) }).subscribe({
  next: ({ title, shop, price }) => console.log(`${title} (${shop}): ${price.toFixed(2)}`),
  error: (failure: unknown) => {
    console.error(failure);
    process.exitCode = 1;
  },
});

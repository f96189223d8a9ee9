import { aggregatePages, pageTokens, type PageSource } from 'rxfan';
import { ephemeralSealer } from 'rxfan/node';
import { mergeMapBounded } from 'rxfan/operators';
import { defer, map, retry, type Observable, type ObservableInput } from 'rxjs';

/** What a shop sells. */
export interface Item {
  readonly title: string;
  readonly shop: string;
}

/** An item, and what it costs. */
export interface PricedItem extends Item {
  readonly price: number;
}

/** What {@link pricedItems} asks. */
export interface PricedItemsOptions {
  /** Lists that come page by page, each by title. */
  readonly shops: readonly PageSource<Item>[];
  /** Asked again after a second, twice at most. */
  readonly priceOf: (item: Item) => ObservableInput<number>;
}

/**
 * The items of all shops by title, each with its price. Two prices are asked for at the same time, and a hundred items
 * wait at most: one more is an OverflowError, not a full heap.
 */
export function pricedItems({ shops, priceOf }: PricedItemsOptions): Observable<PricedItem> {
  const items = aggregatePages({
    sources: shops,
    key: ({ title }) => title,
    tokens: pageTokens(ephemeralSealer({ warn: () => undefined })), // tokens that end with this process will do here
  });
  return items.items().pipe(
    mergeMapBounded(
      (item) =>
        defer(() => priceOf(item)).pipe(
          retry({ count: 2, delay: 1_000 }),
          map((price) => ({ ...item, price })),
        ),
      { concurrency: 2, bufferSize: 100 },
    ),
  );
}

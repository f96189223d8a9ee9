import type { Page, PageRequest, PageSource } from '../contracts/pageSource.ts';
import { canonicalJson } from './canonicalJson.ts';
import { fromAbortable } from './fromAbortable.ts';
import { isCount, readJsonToken } from './jsonToken.ts';
import { createParking, type Reading } from './parking.ts';

/** Which list {@link fromAsyncIterable} reads, and how many readings it keeps open between pages. */
export interface AsyncIterableOptions<T, Q> {
  /** Names the source, see {@link PageSource}. */
  readonly name: string;
  /** Starts to read the list, which is in the order of the aggregate. The signal is aborted when the reading is given up. */
  readonly open: (request: { readonly query: Q; readonly signal: AbortSignal }) => AsyncIterable<T>;
  /** Most iterators to keep between two pages; the one used longest ago is returned first. Default: 1. */
  readonly parked?: number | undefined;
  /** How long to keep one, in ms from the end of its page. Default: 10 000. */
  readonly parkedMs?: number | undefined;
}

/**
 * A page source over anything that can be iterated: a cursor, the lines of a file, an SDK's paginator. Items are pulled
 * one by one, and no more than are asked for.
 *
 * A page token is a count of items. The next page goes on with the iterator that gave the page before, if that one is
 * still kept; else the list is opened again and its first items are passed over.
 *
 * @example
 * const objects = fromAsyncIterable({ name: 'objects', open: ({ signal }) => bucket.list({ prefix: 'in/', signal }) });
 */
export function fromAsyncIterable<T, Q = unknown>(options: AsyncIterableOptions<T, Q>): PageSource<T, Q> {
  const { name, open, parked = 1, parkedMs = 10_000 } = options;
  const kept = createParking<T>(parked, parkedMs);

  async function page({ query, pageToken, pageSize }: PageRequest<Q>, signal: AbortSignal): Promise<Page<T>> {
    const start = pageToken ? readJsonToken(pageToken, isCount) : 0;
    const list = query === undefined ? '' : canonicalJson(query);
    const reading =
      (start > 0 ? kept.take(list, start) : undefined) ?? read((stopped) => open({ query, signal: stopped }));

    signal.addEventListener('abort', reading.stop);
    try {
      const items: T[] = [];
      while (reading.at < start + pageSize && !signal.aborted) {
        const step = await reading.iterator.next();
        // A list that ends before the place where the page begins has become shorter.
        if (step.done === true) return reading.at < start ? { items, shifted: true } : { items };
        if (reading.at++ >= start) items.push(step.value);
      }
      if (!signal.aborted) kept.park(list, reading);
      return { items, nextPageToken: canonicalJson(reading.at) };
    } catch (failure) {
      reading.stop();
      throw failure;
    } finally {
      signal.removeEventListener('abort', reading.stop);
    }
  }

  return {
    name,
    paging: 'offset',
    fetch: (request) => fromAbortable((signal) => page(request, signal), { signal: request.signal }),
  };
}

function read<T>(open: (signal: AbortSignal) => AsyncIterable<T>): Reading<T> {
  const work = new AbortController();
  const iterator = open(work.signal)[Symbol.asyncIterator]();
  const stop = async () => {
    work.abort();
    await iterator.return?.();
  };
  return { iterator, at: 0, stop: () => void stop().catch(() => undefined) }; // nobody is left to tell
}

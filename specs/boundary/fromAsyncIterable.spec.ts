import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fromAsyncIterable, type AsyncIterableOptions } from '../../lib/boundary/fromAsyncIterable.ts';
import { InvalidPageTokenError } from '../../lib/contracts/pageTokenFailure.ts';
import { pageSourceLaws } from '../../lib/testing/pageSourceLaws.ts';
import { itemsOf, pageOf, walk } from './support/pages.ts';

const items = Array.from({ length: 20 }, (_, i) => i);

/** A list that is read by generators, and what became of each. */
function list({ length = 20, hangAt = Infinity, failAt = Infinity } = {}) {
  const readings: { pulled: number; ended: boolean; signal: AbortSignal }[] = [];
  const open = ({ signal }: { signal: AbortSignal }): AsyncIterable<number> => {
    const reading = { pulled: 0, ended: false, signal };
    readings.push(reading);
    return (async function* () {
      try {
        for (let i = 0; i < length; i++) {
          if (i === failAt) throw new Error('broken list');
          if (i === hangAt) await new Promise((_, reject) => signal.addEventListener('abort', reject));
          reading.pulled++;
          yield i;
        }
      } finally {
        reading.ended = true;
      }
    })();
  };
  const source = (options: Partial<AsyncIterableOptions<number, unknown>> = {}) =>
    fromAsyncIterable<number>({ name: 'x', open, ...options });
  return { open, readings, source, live: () => readings.filter(({ ended }) => !ended).length };
}

describe('fromAsyncIterable', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] }));
  afterEach(() => void vi.useRealTimers());

  for (const law of pageSourceLaws(() => {
    const { readings, source } = list();
    return { source: source(), query: {}, key: (n: number) => n, items, calls: () => readings.length };
  })) {
    it(law.name, async () => {
      vi.useRealTimers(); // the laws are patient in real time
      await law.check();
    });
  }

  it('reads the list once for a walk from page to page, and no further than asked', async () => {
    const { readings, source } = list();
    const pulled: number[] = [];
    await walk(source(), 6, { between: () => void pulled.push(readings[0]!.pulled) });
    expect(readings).toHaveLength(1);
    expect(pulled).toEqual([6, 12, 18]);
    expect(readings[0]!.ended).toBe(true);
  });

  it('opens the list again for a page whose reading has gone on', async () => {
    const { readings, source } = list();
    const pages = source();
    const { nextPageToken } = await pageOf(pages, { pageSize: 5 });
    const again = [nextPageToken, nextPageToken].map((pageToken) => pageOf(pages, { pageSize: 5, pageToken }));

    for (const page of await Promise.all(again)) expect(page.items).toEqual([5, 6, 7, 8, 9]);
    expect(readings.map(({ pulled }) => pulled)).toEqual([10, 10]);
  });

  it('does not go on with the reading of another query', async () => {
    const { readings, source } = list();
    const pages = source({ parked: 2 });
    const { nextPageToken } = await pageOf(pages, { pageSize: 5, query: { b: 1, a: 2 } });
    await pageOf(pages, { pageSize: 5, query: { a: 1 }, pageToken: nextPageToken });
    await pageOf(pages, { pageSize: 5, query: { a: 2, b: 1 }, pageToken: nextPageToken });
    expect(readings).toHaveLength(2);
  });

  it('keeps so many readings between pages and returns the one kept longest', async () => {
    const { readings, source } = list();
    const pages = source({ parked: 2 });
    for (const query of [1, 2, 3]) await pageOf(pages, { pageSize: 1, query });
    await setImmediate();
    expect(readings.map(({ ended, signal }) => [ended, signal.aborted])).toEqual([
      [true, true],
      [false, false],
      [false, false],
    ]);
  });

  it('keeps none if told so', async () => {
    const { readings, live, source } = list();
    expect(itemsOf(await walk(source({ parked: 0 }), 8))).toEqual(items);
    await setImmediate();
    expect([readings.length, live()]).toEqual([3, 0]);
  });

  it('returns a reading that nobody goes on with for ten seconds', async () => {
    const { live, source } = list();
    await pageOf(source(), { pageSize: 1 });
    vi.advanceTimersByTime(9_999);
    await setImmediate();
    expect(live()).toBe(1);

    vi.advanceTimersByTime(1);
    await setImmediate();
    expect([live(), vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('counts the ten seconds anew with each page', async () => {
    const { live, readings, source } = list();
    const pages = source();
    let pageToken: string | undefined;
    for (const waitMs of [9_000, 9_000, 9_000, 0]) {
      pageToken = (await pageOf(pages, { pageSize: 1, pageToken })).nextPageToken;
      vi.advanceTimersByTime(waitMs);
      await setImmediate();
    }
    expect([readings.length, live(), vi.getTimerCount()]).toEqual([1, 1, 1]);
  });

  it('keeps a reading for longer than a timer can wait', async () => {
    const { live, source } = list();
    await pageOf(source({ parkedMs: Infinity }), { pageSize: 1 });
    vi.advanceTimersByTime(10 ** 9);
    await setImmediate();
    expect(live()).toBe(1);
  });

  it('returns the iterator on abort, also while it waits for its next item', async () => {
    const returned: string[] = [];
    const open = () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: () => {
          returned.push('returned');
          return Promise.reject(new Error('nobody hears this'));
        },
      }),
    });
    const caller = new AbortController();
    const page = pageOf(fromAsyncIterable({ name: 'x', open }), { pageSize: 1, signal: caller.signal });
    caller.abort(new Error('enough'));

    await expect(page).rejects.toThrow('enough');
    expect(returned).toEqual(['returned']);
  });

  it('X3 leaves nothing of a reading whose page was given up', async () => {
    const { live, readings, source } = list({ hangAt: 3 });
    const caller = new AbortController();
    const page = pageOf(source(), { pageSize: 5, signal: caller.signal }).catch(() => undefined);
    await setImmediate();
    caller.abort();
    await page;
    await setImmediate();
    expect([live(), readings[0]!.signal.aborted, vi.getTimerCount()]).toEqual([0, true, 0]);
  });

  it('errors with the error of the list, and keeps nothing', async () => {
    const { live, source } = list({ failAt: 3 });
    await expect(pageOf(source(), { pageSize: 5 })).rejects.toThrow('broken list');
    expect([live(), vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('errors with what open throws', async () => {
    const open = (): AsyncIterable<number> => {
      throw new Error('no list');
    };
    await expect(pageOf(fromAsyncIterable({ name: 'x', open }), { pageSize: 5 })).rejects.toThrow('no list');
  });

  it('says that a list has become shorter than the walk was', async () => {
    const { source } = list({ length: 3 });
    expect(await pageOf(source(), { pageSize: 5, pageToken: '7' })).toEqual({ items: [], shifted: true });
    expect(await pageOf(source(), { pageSize: 5, pageToken: '3' })).toEqual({ items: [] });
  });

  it.each(['-1', '1.5', '1e3', '01', '"1"', 'null', '[1]', ' 1', '9007199254740993'])(
    'refuses the page token %j, and opens nothing',
    async (pageToken) => {
      const { readings, source } = list();
      await expect(pageOf(source(), { pageSize: 1, pageToken })).rejects.toBeInstanceOf(InvalidPageTokenError);
      expect(readings).toHaveLength(0);
    },
  );
});

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstValueFrom, take } from 'rxjs';
import type { PageRequest } from '../../../lib/contracts/pageSource.ts';
import { SourceError } from '../../../lib/contracts/sourceFailure.ts';
import type { AggregatePage } from '../../../lib/core/paging/aggregate.ts';
import { aggregateOf, build, keyOf, reference, someWorld, sourcesOf, type Item } from '../../support/paging.ts';
import { runs } from '../../support/seed.ts';

const letters = Array.from('abcdefghijklmnopqrstuvwxyz');

/** Settles a promise in virtual time. */
async function soon<T>(promise: Promise<T>): Promise<T> {
  const outcome = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  let settled: { readonly value: T } | { readonly error: unknown } | undefined;
  void outcome.then((result) => (settled = result));
  for (let turn = 0; !settled && turn < 10_000; turn++) await vi.advanceTimersByTimeAsync(1);
  if (!settled) throw new Error('it never settles');
  if ('error' in settled) throw settled.error as Error;
  return settled.value;
}

async function pagesOf(pages: AsyncIterable<AggregatePage<Item>>): Promise<AggregatePage<Item>[]> {
  const all: AggregatePage<Item>[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

describe('aggregatePages: pages', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('M1 M3 gives the stable sort of everything, page after page', async () => {
    await fc.assert(
      fc.asyncProperty(someWorld, fc.nat(3), async (world, prefetch) => {
        const sources = build({ ...world, latencies: world.latencies.map((ms) => (ms < 7 ? 0 : 1)) });
        const pages = aggregateOf(sources, { prefetch }).pages({ pageSize: world.sizes[0] });
        const all = await soon(pagesOf(pages));

        expect(all.flatMap(({ items }) => items)).toEqual(reference(sources));
        expect(all.slice(0, -1).every(({ items }) => items.length === world.sizes[0])).toBe(true);
        expect(all.map(({ nextPageToken }) => nextPageToken === '')).toEqual(all.map((_, i) => i === all.length - 1));
      }),
      runs(),
    );
  });

  it('fetches nothing before the first pull, and then what is asked for and a little ahead', async () => {
    const sources = sourcesOf([letters, letters], () => ({ pageSize: 4, latencyMs: 5 }));
    const iterator = aggregateOf(sources, { prefetch: 1 }).pages({ pageSize: 4 })[Symbol.asyncIterator]();
    const calls = () => sources.map((source) => source.calls.length);

    await vi.advanceTimersByTimeAsync(100);
    expect(calls()).toEqual([0, 0]);
    await soon(iterator.next());
    await vi.advanceTimersByTimeAsync(1_000);
    expect(calls()).toEqual([2, 2]);
    await iterator.return?.();
  });

  it('can be left at any time: what is under way is cancelled at once', async () => {
    const sources = sourcesOf([letters, letters], () => ({ pageSize: 4, latencyMs: 50 }));
    const iterator = aggregateOf(sources).pages({ pageSize: 4 })[Symbol.asyncIterator]();
    const pending = iterator.next();
    await vi.advanceTimersByTimeAsync(10);

    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(sources.flatMap(({ calls }) => calls.map(({ outcome }) => outcome))).toEqual(['cancelled', 'cancelled']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('cancels what it fetches ahead when it is left between two pages', async () => {
    const sources = sourcesOf([letters, letters], () => ({ pageSize: 4, latencyMs: 50 }));
    for await (const page of drivenBy(aggregateOf(sources).pages({ pageSize: 4 }))) {
      expect(page.items).toHaveLength(4);
      expect(sources.map(({ liveCalls }) => liveCalls)).toEqual([1, 1]);
      break;
    }
    expect(sources.map(({ liveCalls }) => liveCalls)).toEqual([0, 0]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with the reason of its signal', async () => {
    const sources = sourcesOf([letters], () => ({ latencyMs: 50 }));
    const leave = new AbortController();
    const iterator = aggregateOf(sources).pages({ signal: leave.signal })[Symbol.asyncIterator]();
    const pending = iterator.next();
    await vi.advanceTimersByTimeAsync(10);
    leave.abort(new Error('enough'));

    await expect(pending).rejects.toThrow('enough');
    await expect(iterator.next()).rejects.toThrow('enough');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('X5 starts nothing under a signal that is aborted already', async () => {
    const sources = sourcesOf([letters]);
    const signal = AbortSignal.abort(new Error('too late'));
    const aggregate = aggregateOf(sources);
    const errors: unknown[] = [];
    aggregate.page({ signal }).subscribe({ error: (error: unknown) => errors.push(error) });
    aggregate.items({ signal }).subscribe({ error: (error: unknown) => errors.push(error) });

    await expect(aggregate.pages({ signal })[Symbol.asyncIterator]().next()).rejects.toThrow('too late');
    expect(errors).toEqual([signal.reason, signal.reason]);
    expect(sources[0]!.calls).toEqual([]);
  });

  it('X4 leaves no listener on a signal that ten thousand pages shared', async () => {
    const shared = new AbortController();
    let listeners = 0;
    const { signal } = shared;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners++;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners--;
      remove(...given);
    };
    const aggregate = aggregateOf(sourcesOf([['a', 'b']]));

    for (let i = 0; i < 10_000; i++) aggregate.page({ signal }).subscribe();
    await soon(pagesOf(aggregate.pages({ signal })));
    expect(listeners).toBe(0);
  });

  it('answers overlapping pulls in turn', async () => {
    const sources = sourcesOf([letters], () => ({ latencyMs: 3 }));
    const iterator = aggregateOf(sources).pages({ pageSize: 10 })[Symbol.asyncIterator]();
    const pulls = [1, 2, 3, 4].map(() => soonOf(iterator.next()));
    const sizes = (await Promise.all(pulls)).map((result) => (result.done === true ? 0 : result.value.items.length));

    expect(sizes).toEqual([10, 10, 6, 0]);
  });

  it('gives a source that failed another chance with the next page', async () => {
    let calls = 0;
    const [a, b] = sourcesOf(
      [
        ['a', 'c', 'e'],
        ['d', 'f'],
      ],
      (source) => (source === 1 ? { failures: () => (calls++ === 0 ? new Error('down') : undefined) } : {}),
    );
    const all = await soon(pagesOf(aggregateOf([a!, b!], { onSourceFailure: 'omit' }).pages({ pageSize: 2 })));

    expect(all.flatMap(({ items }) => items).map(keyOf)).toEqual(['a', 'c', 'd', 'e', 'f']);
    expect(all.map(({ unreachable }) => unreachable?.length)).toEqual([1, undefined, undefined]);
    expect(a!.calls).toHaveLength(1);
  });

  it('rejects with the failure of a source, and is over then', async () => {
    const sources = sourcesOf([letters], () => ({
      pageSize: 4,
      failures: (call) => (call === 1 ? new Error('down') : undefined),
    }));
    const iterator = aggregateOf(sources, { prefetch: 0 }).pages({ pageSize: 3 })[Symbol.asyncIterator]();

    expect(await iterator.next()).toMatchObject({ value: { items: [{}, {}, {}] } });
    await expect(iterator.next()).rejects.toBeInstanceOf(SourceError);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('gives tokens that go on elsewhere', async () => {
    const sources = sourcesOf([letters, letters]);
    const aggregate = aggregateOf(sources);
    const [first, ...rest] = await soon(pagesOf(aggregate.pages({ pageSize: 7 })));
    const others = await soon(pagesOf(aggregateOf(sources).pages({ pageToken: first!.nextPageToken, pageSize: 7 })));

    expect(others.map(({ items }) => items)).toEqual(rest.map(({ items }) => items));
  });

  it('gives every page the token of its own end, however late it is read', async () => {
    const sources = sourcesOf([letters.slice(0, 9), letters.slice(5, 14), letters.slice(3, 20)], () => ({
      pageSize: 4,
    }));
    const list = aggregateOf(sources);
    const all = await soon(pagesOf(list.pages({ pageSize: 2 })));

    for (const [i, { nextPageToken: pageToken }] of all.slice(0, -1).entries()) {
      const next = await soon(firstValueFrom(list.page({ pageToken, pageSize: 2 })));
      expect(next.items).toEqual(all[i + 1]?.items);
    }
  });

  it('makes requests and pages that can be copied: the copies have a signal and a token', async () => {
    const requests: PageRequest[] = [];
    const [source] = sourcesOf([letters], () => ({ pageSize: 4 }));
    const copying = {
      name: 'copying',
      fetch: (request: PageRequest) => {
        requests.push({ ...request });
        return source!.fetch({ ...request });
      },
    };
    const [page] = await soon(pagesOf(aggregateOf([copying]).pages({ pageSize: 4 })));

    expect(requests[0]?.signal).toBeInstanceOf(AbortSignal);
    expect({ ...page }.nextPageToken).toBe(page?.nextPageToken);
    expect(Object.keys(page ?? {})).toEqual(['items', 'nextPageToken']);
  });
});

describe('aggregatePages: items', () => {
  it('stops reading when the subscriber has enough, however synchronous the sources are', () => {
    const sources = sourcesOf([letters, letters], () => ({ pageSize: 2 }));
    const seen: string[] = [];
    aggregateOf(sources, { prefetch: 0 })
      .items()
      .pipe(take(3))
      .subscribe((item) => seen.push(item.key));

    expect(seen).toEqual(['a', 'a', 'b']);
    expect(sources.map(({ calls }) => calls.length)).toEqual([1, 1]);
  });
});

async function* drivenBy<T>(pages: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = pages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const result = await soon(iterator.next());
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    await iterator.return?.();
  }
}

let queue: Promise<unknown> = Promise.resolve();
/** Settles promises in virtual time, one after the other. */
function soonOf<T>(promise: Promise<T>): Promise<T> {
  const settled = queue.then(() => soon(promise));
  queue = settled.catch(() => undefined);
  return settled;
}

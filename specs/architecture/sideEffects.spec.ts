import { EMPTY, expand, mergeMap, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { aggregatePages } from '../../lib/core/paging/aggregatePages.ts';
import { pageTokens } from '../../lib/core/paging/pageTokens.ts';
import { fakePageSource } from '../../lib/testing/fakePageSource.ts';
import { fakeSealer } from '../../lib/testing/fakeSealer.ts';
import { mergeMapBounded } from '../../operators/mergeMapBounded.ts';
import { mergeSortedWith } from '../../operators/mergeSorted.ts';
import { codeOf, doors, importFile, sourceFiles } from './source.ts';
import { watchEffects } from './watchEffects.ts';

const PURE = /^(operators|lib\/contracts|lib\/boundary|lib\/core)\//;
/** Time and chance that no scheduler and no argument brings. */
const HIDDEN =
  /\b(?:Date\.now|new Date\(\)|performance\.now|Math\.random|crypto\.(?:randomUUID|getRandomValues)|process\.(?:env|hrtime|nextTick)|setTimeout|setInterval|setImmediate|queueMicrotask)\b/g;

describe('time and chance', () => {
  it('X2 come to a walk through merged pages from virtual time alone', async () => {
    let walked: unknown;
    const effects = await watchEffects(() => {
      walked = walkInVirtualTime();
    });

    expect(walked).toEqual({ items: 120, completed: true });
    expect(effects.filter((effect) => effect !== 'addEventListener')).toEqual([]); // listens to signals
  });

  it.each(sourceFiles.filter((file) => PURE.test(file)))('X2 %s takes them from a scheduler or an argument', (file) => {
    expect(codeOf(file).match(HIDDEN) ?? []).toEqual([]);
  });
});

describe('importing a door', () => {
  it.each(Object.entries(doors))('X10 has no side effect: %s', async (_, file) => {
    // What other packages do as they are loaded is theirs: they stay loaded, our own files do not.
    const before = await importFile(file);
    vi.resetModules();
    const handles = process.getActiveResourcesInfo();
    let loaded: object | undefined;
    const effects = await watchEffects(async () => {
      loaded = await importFile(file);
    });

    expect(loaded).not.toBe(before);
    expect(effects).toEqual([]);
    expect(process.getActiveResourcesInfo()).toEqual(handles);
  });

  it('X10 would be seen to have them', async () => {
    vi.resetModules();
    const effects = await watchEffects(() => importFile('specs/architecture/loud.ts'));
    expect(effects).toEqual([
      'Date.now',
      'Math.random',
      'addEventListener',
      'globalThis.loud',
      'process.env.HOME',
      'process.on',
      'setTimeout',
    ]);
  });
});

/** What comes of two slow sources, read page by page and in one go, through every operator. */
function walkInVirtualTime(): { readonly items: number; readonly completed: boolean } {
  const slow = (name: string, first: number) =>
    fakePageSource({
      name,
      items: Array.from({ length: 30 }, (_, n) => 2 * n + first),
      key: (item) => item,
      latencyMs: (call) => 3 + call,
    });

  return new TestScheduler(() => {}).run(({ flush }) => {
    const aggregate = aggregatePages({
      sources: [slow('even', 0), slow('odd', 1)],
      key: (item) => item,
      tokens: pageTokens(fakeSealer()),
      pageSize: { default: 7 },
    });
    const pageByPage$ = aggregate.page().pipe(
      expand(({ nextPageToken }) => (nextPageToken === '' ? EMPTY : aggregate.page({ pageToken: nextPageToken }))),
      mergeMap(({ items }) => items),
    );
    const seen = { items: 0, completed: false };
    aggregate
      .items()
      .pipe(
        mergeSortedWith([pageByPage$], { compare: (a, b) => a - b }),
        mergeMapBounded((item) => timer(item % 3), { concurrency: 2 }),
      )
      .subscribe({ next: () => seen.items++, complete: () => (seen.completed = true) });
    flush();
    return seen;
  });
}

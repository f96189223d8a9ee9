import { map, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../lib/contracts/failure.ts';
import type { Page, PageRequest } from '../../lib/contracts/pageSource.ts';
import { fakePageSource, type FakePageSource } from '../../lib/testing/fakePageSource.ts';
import { marbles } from '../support/marbles.ts';

const letters = [...Array(7).keys()].map((n) => String.fromCharCode(97 + n));
const key = (item: string) => item.slice(0, 1);

function ask(request: Partial<PageRequest> = {}): PageRequest {
  return { query: undefined, pageSize: 3, signal: new AbortController().signal, ...request };
}

/** What a synchronous answer holds. */
function answerOf<T>(page$: Observable<Page<T>>): Page<T> {
  const pages: Page<T>[] = [];
  page$.subscribe((page) => pages.push(page));
  expect(pages).toHaveLength(1);
  return pages[0]!;
}

/** What a synchronous answer fails with. */
function failureOf(page$: Observable<unknown>): unknown {
  const failures: unknown[] = [];
  page$.subscribe({ error: (error: unknown) => failures.push(error) });
  expect(failures).toHaveLength(1);
  return failures[0];
}

function walk(
  source: FakePageSource<string>,
  between: (page: number) => void = () => {},
): readonly (readonly string[])[] {
  const pages: (readonly string[])[] = [];
  let pageToken: string | undefined;
  do {
    const page = answerOf(source.fetch(ask({ pageToken })));
    pages.push(page.items);
    pageToken = page.nextPageToken;
    between(pages.length);
  } while (pageToken && pages.length < 20);
  return pages;
}

describe.each(['keyset', 'offset'] as const)('fakePageSource, paging by %s', (paging) => {
  it('gives its items page by page, at once, and no token with the last', () => {
    expect(walk(fakePageSource({ items: letters, key, paging }))).toEqual([['a', 'b', 'c'], ['d', 'e', 'f'], ['g']]);
    expect(walk(fakePageSource({ items: [], key, paging }))).toEqual([[]]);
  });

  it('goes on within a run of equal keys', () => {
    const ties = ['a', 'b1', 'b2', 'b3', 'b4', 'b5', 'c'];
    expect(walk(fakePageSource({ items: ties, key, paging })).flat()).toEqual(ties);
  });

  it('gives pages of its own size', () => {
    const sizes = [5, 1, 1];
    const source = fakePageSource({ items: letters, key, paging, pageSize: (call) => sizes[call]! });
    expect(walk(source).map((page) => page.length)).toEqual(sizes);
  });

  it('answers a query', () => {
    const source = fakePageSource({ items: letters, key, paging, matches: (item, query: string) => item > query });
    expect(answerOf(source.fetch({ ...ask(), query: 'd' })).items).toEqual(['e', 'f', 'g']);
  });

  it('refuses a token that is not its own', () => {
    const source = fakePageSource({ name: 'mine', items: letters, key, paging });
    const foreign = answerOf(fakePageSource({ name: 'other', items: letters, key, paging }).fetch(ask())).nextPageToken;
    const own = answerOf(source.fetch(ask())).nextPageToken!;

    for (const pageToken of [foreign, `${own}=`, own.slice(1), '!', 'bnVsbA==', 'W10=']) {
      expect(failureOf(source.fetch(ask({ pageToken })))).toBeInstanceOf(RefusedError);
    }
  });
});

describe('fakePageSource', () => {
  it('keeps its place by key, and loses it by count, while the list changes', () => {
    const drift = (paging: 'keyset' | 'offset') => {
      const source = fakePageSource({ items: letters, key, paging });
      return walk(source, (page) => {
        if (page === 1) source.remove('a');
        if (page === 2) source.insert('aa');
      }).flat();
    };

    expect(drift('keyset')).toEqual(letters);
    expect(drift('offset')).toEqual(['a', 'b', 'c', 'e', 'f', 'g']);
  });

  it('puts an inserted item after those of its key', () => {
    const source = fakePageSource({ items: ['a', 'b1', 'c'], key });
    source.insert('b2');
    source.remove('nothing like it');
    expect(source.items).toEqual(['a', 'b1', 'b2', 'c']);
  });

  it('changes its list as a call starts', () => {
    const source = fakePageSource({ items: ['b'], key, beforeCall: (call, { insert }) => call === 1 && insert('a') });
    expect(answerOf(source.fetch(ask())).items).toEqual(['b']);
    expect(answerOf(source.fetch(ask())).items).toEqual(['a', 'b']);
  });

  it(
    'answers and fails in virtual time',
    marbles(({ expectObservable }) => {
      const failure = new Error('down');
      const source = fakePageSource({
        items: ['a'],
        key,
        latencyMs: (call) => 5 + call,
        failures: (call) => (call === 1 ? failure : undefined),
      });

      expectObservable(source.fetch(ask())).toBe(' -----(p|)', { p: { items: ['a'] } });
      expectObservable(source.fetch(ask())).toBe(' ------#', {}, failure);
      expectObservable(source.fetch(ask())).toBe(' -------(p|)', { p: { items: ['a'] } });
    }),
  );

  it(
    'does nothing before it is subscribed to, and counts its calls',
    marbles(({ time, expectObservable, flush }) => {
      const source = fakePageSource({ items: letters, key, latencyMs: 4 });
      const page$ = source.fetch(ask());
      expect(source.calls).toEqual([]);

      expectObservable(page$, '^-!').toBe('---');
      expectObservable(page$.pipe(map(({ items }) => items.join(''))), '--^').toBe('------(p|)', { p: 'abc' });
      flush();

      expect(source.calls.map(({ startedAt, outcome }) => [startedAt, outcome])).toEqual([
        [0, 'cancelled'],
        [time('--|'), 'answered'],
      ]);
      expect(source.maxLiveCalls).toBe(1);
      expect(source.liveCalls).toBe(0);
    }),
  );

  it('hangs, until its signal is aborted', () => {
    const source = fakePageSource({ items: letters, key, quirks: () => 'hang' });
    const leaving = new AbortController();
    const seen: unknown[] = [];
    source.fetch(ask({ signal: leaving.signal })).subscribe({ error: (error: unknown) => seen.push(error) });
    expect(source.liveCalls).toBe(1);

    leaving.abort('enough');

    expect(seen).toEqual(['enough']);
    expect(source.liveCalls).toBe(0);
    expect(source.calls[0]!.outcome).toBe('cancelled');
  });

  it('counts a call no more once it has answered, even while its answer is being heard', () => {
    const source = fakePageSource({ items: letters, key });
    source.fetch(ask()).subscribe(() => source.fetch(ask()).subscribe());
    expect(source.maxLiveCalls).toBe(1);
  });

  it('is cancelled at once by a signal that is aborted already', () => {
    const source = fakePageSource({ items: letters, key });
    expect(failureOf(source.fetch(ask({ signal: AbortSignal.abort('before') })))).toBe('before');
  });

  it.each([
    ['empty', [[], ['a', 'b', 'c']]],
    [
      'loop',
      [
        ['a', 'b', 'c'],
        ['a', 'b', 'c'],
      ],
    ],
  ] as const)('plays the source that gives a token for the same place: %s', (quirk, pages) => {
    const source = fakePageSource({ items: letters, key, quirks: (call) => (call === 0 ? quirk : undefined) });
    const first = answerOf(source.fetch(ask()));
    const second = answerOf(source.fetch(ask({ pageToken: first.nextPageToken })));
    expect([first.items, second.items]).toEqual(pages);
  });

  it('plays the source that gives a token with its last page', () => {
    const source = fakePageSource({ items: letters, key, quirks: (call) => (call === 2 ? 'more' : undefined) });
    expect(walk(source)).toEqual([['a', 'b', 'c'], ['d', 'e', 'f'], ['g'], []]);
  });

  it('plays the source that says its list has moved', () => {
    const source = fakePageSource({ items: letters, key, quirks: () => 'shifted' });
    expect(answerOf(source.fetch(ask())).shifted).toBe(true);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a page size of %s', (pageSize) => {
    const source = fakePageSource({ items: letters, key });
    expect(failureOf(source.fetch(ask({ pageSize })))).toHaveProperty(
      'message',
      `fake refused: pageSize must be a whole number from 1 up, not ${pageSize}`,
    );
  });

  it('holds any text in its tokens', () => {
    const items = ['"', '\\', 'ü', '\u{1F600}', '\ud800', '\udc00', '\uffff'];
    const sorted = fakePageSource<string>({ items: [], key: (item) => item });
    for (const item of items) sorted.insert(item);
    expect(walk(fakePageSource({ items: sorted.items, key: (item) => item, pageSize: 1 })).flat()).toEqual(
      sorted.items,
    );
  });
});

import { defer, EMPTY, from, lastValueFrom, NEVER, Observable, of, type ObservableInput } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Page, PageRequest } from '../../lib/contracts/pageSource.ts';
import { fakePageSource, type FakePageSourceOptions } from '../../lib/testing/fakePageSource.ts';
import { pageSourceLaws } from '../../lib/testing/pageSourceLaws.ts';
import type { PageSourceSubject } from '../../lib/testing/pageSourceSubject.ts';

interface Row {
  readonly id: number;
}

const items: readonly Row[] = [...Array(20).keys()].map((n) => ({ id: n * 3 }));
const key = ({ id }: Row) => id;

function createFake(
  options: Partial<FakePageSourceOptions<Row>> = {},
): Required<Omit<PageSourceSubject<Row, unknown>, 'close'>> {
  let reached = 0;
  const source = fakePageSource({ items, key, beforeCall: () => reached++, ...options });
  return { source, query: {}, key, items, calls: () => reached, liveCalls: () => source.liveCalls };
}

describe.each(['keyset', 'offset'] as const)('pageSourceLaws of a fake, paging by %s', (paging) => {
  for (const law of pageSourceLaws(() => createFake({ paging }))) it(law.name, law.check);
});

describe('pageSourceLaws of a source that answers with promises', () => {
  const create = () => around((request, real) => Promise.resolve().then(() => promised(real(request))));
  for (const law of pageSourceLaws(create)) it(law.name, law.check);
});

describe('pageSourceLaws of a source in an order of its own', () => {
  const create = () => createFake({ items: items.toReversed(), paging: 'offset' });
  const compare = (a: unknown, b: unknown) => Number(b) - Number(a);
  for (const law of pageSourceLaws(() => ({ ...create(), items: undefined }), { compare })) it(law.name, law.check);
});

/** A source that pages by a number written into its token, each page made by `answer`. */
function numbered(
  answer: (place: number, request: PageRequest) => Page<Row>,
  toPlace: (token: string) => number = Number,
): PageSourceSubject<Row, unknown> {
  const pageOf = (request: PageRequest): Page<Row> => {
    request.signal.throwIfAborted();
    const place = request.pageToken === undefined ? 0 : toPlace(request.pageToken);
    if (request.pageToken !== undefined && !(place > 0)) throw new Error('not a token');
    return answer(place, request);
  };
  const source = { name: 'numbered', fetch: (request: PageRequest) => defer(() => of(pageOf(request))) };
  return { source, query: {}, key, items };
}

function pageFrom(list: readonly Row[], place: number, { pageSize }: PageRequest, next = place + pageSize): Page<Row> {
  return { items: list.slice(place, place + pageSize), ...(next < list.length ? { nextPageToken: String(next) } : {}) };
}

/** A fake whose answers go through `fetch`. */
function around(
  fetch: (request: PageRequest, real: (request: PageRequest) => Observable<Page<Row>>) => ObservableInput<Page<Row>>,
) {
  const subject = createFake();
  function real(request: PageRequest): Observable<Page<Row>> {
    return from(subject.source.fetch(request));
  }
  return { ...subject, source: { name: 'wrapped', fetch: (request: PageRequest) => fetch(request, real) } };
}

/** Sources as people write them, each with the law that it breaks and what the law says of it. */
const zoo: readonly [law: string, says: string, create: () => PageSourceSubject<Row, unknown>][] = [
  [
    'gives the same items in pages of every size',
    'in pages of 1 item 1 is { id: 6 }, expected is { id: 3 }',
    () => numbered((place, ask) => pageFrom(items, place, ask, place + ask.pageSize + 1)),
  ],
  [
    'gives the same items in pages of every size',
    'in pages of 7 item 5 is missing, expected is { id: 15 }',
    () => numbered((place, ask) => (ask.pageSize > 5 ? { items: items.slice(0, 5) } : pageFrom(items, place, ask))),
  ],
  [
    'gives the same items in pages of every size',
    'in pages of 1, page 3 leads back to one before it',
    () => numbered((place, ask) => ({ ...pageFrom(items, place, ask), nextPageToken: String(place === 1 ? 2 : 1) })),
  ],
  [
    'gives the same items in pages of every size',
    'the laws need a list of 3 items or more, this one has 2',
    () => ({ ...createFake({ items: items.slice(0, 2) }), items: undefined }),
  ],
  ['gives the same items in pages of every size', 'the answer is no page: undefined', () => around(() => [])],
  [
    'gives its items in order',
    'item 1 (54) belongs before item 0 (57)',
    () => createFake({ items: items.toReversed(), paging: 'offset' }),
  ],
  ['gives no item twice', 'items 0 and 1 are the same: { id: 0 }', () => createFake({ items: [items[0]!, ...items] })],
  [
    'gives the same page for the same token, however often',
    'token "2" gave [{ id: 6 }, { id: 9 }], then [{ id: 9 }, { id: 12 }]',
    () => {
      const calls = new Map<number, number>();
      return numbered((place, ask) => {
        calls.set(place, (calls.get(place) ?? 0) + 1);
        return pageFrom(items, calls.get(place)! > 2 && place > 0 ? place + 1 : place, ask);
      });
    },
  ],
  [
    'keeps no place of its own: two walks do not disturb each other',
    'alone a walk gives 20 items, next to another one',
    () => {
      let cursor = 0;
      return numbered((place, ask) => {
        const page = pageFrom(items, place === 0 ? 0 : cursor, ask);
        cursor = (place === 0 ? 0 : cursor) + ask.pageSize;
        return page;
      });
    },
  ],
  [
    'does nothing before its answer is asked for',
    'it has called the other side, and nobody has subscribed',
    () =>
      around((request, real) => {
        const eager = promised(real(request));
        return from(eager);
      }),
  ],
  [
    'does nothing before its answer is asked for',
    'it listens to the signal, and nobody has subscribed',
    () =>
      around((request, real) => {
        request.signal.addEventListener('abort', () => {});
        return real(request);
      }),
  ],
  [
    'leaves nothing behind once it has answered',
    'it has answered, and the signal still has 1 listeners',
    () =>
      around((request, real) => {
        request.signal.addEventListener('abort', () => {});
        return real(request);
      }),
  ],
  [
    'leaves nothing behind once it has answered',
    'it has answered, and 1 calls are still open',
    () => ({ ...createFake(), liveCalls: () => 1 }),
  ],
  [
    'leaves nothing behind when its answer is unsubscribed',
    'its answer was unsubscribed, and the signal still has 1 listeners',
    () => {
      const hanging = createFake({ quirks: () => 'hang' });
      function cling(request: PageRequest): Observable<Page<Row>> {
        return new Observable((subscriber) => {
          from(hanging.source.fetch(request)).subscribe((page) => subscriber.next(page));
        });
      }
      return { ...hanging, source: { name: 'clinging', fetch: cling } };
    },
  ],
  [
    'stops when its signal is aborted, with an error, and leaves nothing behind',
    'its signal was aborted, and it said nothing for 2000 ms',
    () => around(() => NEVER),
  ],
  [
    'stops when its signal is aborted, with an error, and leaves nothing behind',
    'its signal was aborted, and it gave a page all the same',
    () => around((request, real) => Promise.resolve().then(() => promised(real(unaborted(request))))),
  ],
  [
    'stops when its signal is aborted, with an error, and leaves nothing behind',
    'its signal was aborted, and it completed without a word',
    () => around(() => []),
  ],
  [
    'starts nothing when its signal is aborted already',
    'its signal was aborted before, and it gave a page all the same',
    () => around((request, real) => real(unaborted(request))),
  ],
  [
    'starts nothing when its signal is aborted already',
    'its signal was aborted before, and it called the other side',
    () =>
      around(async (request, real) => {
        const page = await promised(real(unaborted(request)));
        request.signal.throwIfAborted();
        return page;
      }),
  ],
  [
    'refuses a page token it has not given out',
    'token "nobody gave this token out" is nobody\'s, and gave 2 items',
    () =>
      numbered(
        (place, ask) => pageFrom(items, place, ask),
        (token) => Number(token) || 1,
      ),
  ],
  [
    'refuses a page token it has not given out',
    'token "nobody gave this token out" is nobody\'s, and gave 0 items',
    () =>
      numbered(
        (place, ask) => pageFrom(items, place, ask),
        (token) => Number(token) || Infinity,
      ),
  ],
];

function promised(page$: Observable<Page<Row>>): Promise<Page<Row>> {
  return lastValueFrom(page$, { defaultValue: { items: [] } });
}

function unaborted(request: PageRequest): PageRequest {
  return { ...request, signal: new AbortController().signal };
}

describe('pageSourceLaws', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(zoo)('catches a source that breaks: %s (%s)', async (name, says, create) => {
    const law = pageSourceLaws(create).find((candidate) => candidate.name === name)!;
    const verdict = Promise.resolve(law.check()).then(() => 'nothing', String);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await verdict).toContain(says);
  });

  it('has caught a source with every one of its laws', () => {
    const laws = pageSourceLaws(createFake);
    expect(new Set(zoo.map(([law]) => law))).toEqual(new Set(laws.map(({ name }) => name)));
  });

  it('closes what it has opened, whether the law holds or not', async () => {
    let open = 0;
    const create = async () => {
      open++;
      return { ...createFake(), source: { name: 'broken', fetch: () => EMPTY }, close: () => void (open -= 1) };
    };
    const verdicts = pageSourceLaws(create).map((law) => Promise.resolve(law.check()).catch(() => 'broken'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await Promise.all(verdicts)).toContain('broken');
    expect(open).toBe(0);
  });
});

import { catchError, defaultIfEmpty, defer, EMPTY, firstValueFrom, isObservable, lastValueFrom } from 'rxjs';
import { map, merge, of, timer, type Observable } from 'rxjs';
import { comparePageKeys, type PageKey } from '../contracts/pageKey.ts';
import type { Page, PageRequest, PageSource } from '../contracts/pageSource.ts';
import { ensure, type Law } from './law.ts';
import { watchedSignal } from './watchedSignal.ts';
import { showValue } from './showValue.ts';

/** A page source with a list of at least three items that nobody changes, made anew for each law. */
export interface PageSourceSubject<T, Q> {
  readonly source: PageSource<T, Q>;
  readonly query: Q;
  readonly key: (item: T) => PageKey;
  /** The list the query asks for, where it is known. */
  readonly items?: readonly T[] | undefined;
  /** How many calls have reached the other side so far, where that can be counted. */
  readonly calls?: (() => number) | undefined;
  /** How many calls are still open on the other side, where that can be counted. */
  readonly liveCalls?: (() => number) | undefined;
  readonly close?: (() => void | Promise<void>) | undefined;
}

/** What a page source does that not every page source does. */
export interface PageSourceTraits {
  /** The order of the list. Default: `comparePageKeys`. */
  readonly compare?: ((a: PageKey, b: PageKey) => number) | undefined;
  /** False where any text is a token, such as the key to go on after. Default: true. */
  readonly refusesForeignTokens?: boolean | undefined;
}

type Subject = PageSourceSubject<unknown, unknown>;
type Rule = (subject: Subject, compare: (a: PageKey, b: PageKey) => number) => Promise<void>;

const SIZES = [1, 2, 7, 1_000, 1_000_000];
const FOREIGN_TOKENS = ['nobody gave this token out', '%', '-1', '{}', 'bnVsbA'];
const MAX_PAGES = 10_000;
const PATIENCE_MS = 2_000;
const POLL_MS = 5;

/**
 * The rules every page source keeps, ready for any test runner. Each check is async and calls `create` for itself.
 *
 * @example
 * const create = () => ({ source: npmInstalled({ directories }), query: {}, key: ({ name }) => name });
 * for (const law of pageSourceLaws(create)) it(law.name, law.check);
 */
export function pageSourceLaws<T, Q>(
  create: () => PageSourceSubject<T, Q> | Promise<PageSourceSubject<T, Q>>,
  traits: PageSourceTraits = {},
): readonly Law[] {
  const { compare = comparePageKeys, refusesForeignTokens = true } = traits;
  const rules = { ...always, ...(refusesForeignTokens ? refusal : {}) };

  return Object.entries(rules).map(([name, rule]) => ({
    name,
    check: async () => {
      const subject = await create();
      try {
        await rule(subject as unknown as Subject, compare);
      } finally {
        await subject.close?.();
      }
    },
  }));
}

const always: Record<string, Rule> = {
  'gives the same items in pages of every size': async (subject) => {
    const lists = await inTurn(SIZES, (pageSize) => walk(subject, pageSize));
    const expected = subject.items ?? lists[0]!;
    ensure(expected.length >= 3, `the laws need a list of 3 items or more, this one has ${expected.length}`);
    lists.forEach((list, i) => {
      const at = expected.findIndex((item, n) => list[n] === undefined || !same(item, list[n]));
      const first = at < 0 ? expected.length : at;
      ensure(
        at < 0 && list.length === expected.length,
        `in pages of ${SIZES[i]!} item ${first} is ${itemInWords(list, first)}, expected is ${itemInWords(expected, first)}`,
      );
    });
  },

  'gives its items in order': async (subject, compare) => {
    const keys = (await walk(subject, 2)).map((item) => subject.key(item));
    const at = keys.findIndex((key, i) => i > 0 && compare(keys[i - 1]!, key) > 0);
    ensure(at < 0, `item ${at} (${showValue(keys[at])}) belongs before item ${at - 1} (${showValue(keys[at - 1])})`);
  },

  'gives no item twice': async (subject) => {
    const seen = new Map<string, number>();
    for (const [i, item] of (await walk(subject, 2)).entries()) {
      const text = JSON.stringify(item);
      ensure(!seen.has(text), `items ${seen.get(text) ?? 0} and ${i} are the same: ${showValue(item)}`);
      seen.set(text, i);
    }
  },

  'gives the same page for the same token, however often': async (subject) => {
    for (const pageToken of await tokensOf(subject, 2)) {
      const [first, second] = await inTurn([1, 2], () => pageOf(subject, { pageToken, pageSize: 2 }));
      ensure(
        same(first!.items, second!.items),
        `token ${showValue(pageToken)} gave ${showValue(first!.items)}, then ${showValue(second!.items)}`,
      );
    }
  },

  'keeps no place of its own: two walks do not disturb each other': async (subject) => {
    const alone = await walk(subject, 1);
    const between = await tokensOf(subject, 1);
    const together = await walk(subject, 1, (n) =>
      pageOf(subject, { pageToken: between[n % between.length], pageSize: 3 }),
    );
    ensure(
      together.length === alone.length && together.every((item, i) => same(item, alone[i])),
      `alone a walk gives ${alone.length} items, next to another one ${together.length}, or others`,
    );
  },

  'does nothing before its answer is asked for': async (subject) => {
    const { signal, listeners } = watchedSignal();
    const before = subject.calls?.() ?? 0;
    const answer$ = subject.source.fetch({ query: subject.query, pageSize: 2, signal });
    if (!isObservable(answer$)) return; // a promise: asking is calling
    ensure((subject.calls?.() ?? 0) === before, 'it has called the other side, and nobody has subscribed');
    ensure(listeners() === 0, 'it listens to the signal, and nobody has subscribed');
    const pages = await inTurn([1, 2], () => firstPage(answer$));
    ensure(same(pages[0]!.items, pages[1]!.items), 'subscribed twice, the same answer gave two pages');
  },

  'leaves nothing behind once it has answered': async (subject) => {
    const { signal, listeners } = watchedSignal();
    await firstPage(answerOf(subject, { pageSize: 2, signal }));
    await nothingLeft(subject, listeners, 'it has answered');
  },

  'leaves nothing behind when its answer is unsubscribed': async (subject) => {
    const { signal, listeners } = watchedSignal();
    const answer$ = subject.source.fetch({ query: subject.query, pageSize: 2, signal });
    if (!isObservable(answer$)) return; // a promise: only its signal can cancel it
    answer$.subscribe({ error: () => undefined }).unsubscribe();
    await nothingLeft(subject, listeners, 'its answer was unsubscribed');
  },

  'stops when its signal is aborted, with an error, and leaves nothing behind': async (subject) => {
    const { signal, listeners, abort } = watchedSignal();
    const answer$ = answerOf(subject, { pageSize: 2, signal }).pipe(
      map(() => (signal.aborted ? 'gave a page all the same' : '')), // '': it was faster
      catchError(() => of('')),
      defaultIfEmpty('completed without a word'),
    );
    const abortion$ = defer(() => {
      abort(new Error('the answer is no longer wanted'));
      return EMPTY;
    });
    const patience$ = timer(PATIENCE_MS).pipe(map(() => `said nothing for ${PATIENCE_MS} ms`));
    const broken = await firstValueFrom(merge(answer$, abortion$, patience$), { defaultValue: '' });
    ensure(broken === '', `its signal was aborted, and it ${broken}`);
    await nothingLeft(subject, listeners, 'its signal was aborted');
  },

  'starts nothing when its signal is aborted already': async (subject) => {
    const { signal, listeners, abort } = watchedSignal();
    abort(new Error('not wanted'));
    const before = subject.calls?.() ?? 0;
    const page = await firstPage(answerOf(subject, { pageSize: 2, signal })).catch(() => undefined);
    ensure(page === undefined, 'its signal was aborted before, and it gave a page all the same');
    ensure((subject.calls?.() ?? 0) === before, 'its signal was aborted before, and it called the other side');
    await nothingLeft(subject, listeners, 'its signal was aborted before');
  },
};

const refusal: Record<string, Rule> = {
  'refuses a page token it has not given out': async (subject) => {
    for (const pageToken of FOREIGN_TOKENS) {
      const page = await pageOf(subject, { pageToken, pageSize: 2 }).catch(() => undefined);
      ensure(
        page === undefined,
        `token ${showValue(pageToken)} is nobody's, and gave ${page?.items.length ?? 0} items`,
      );
    }
  },
};

type Ask = Partial<Pick<PageRequest, 'pageToken' | 'signal'>> & Pick<PageRequest, 'pageSize'>;

function answerOf({ source, query }: Subject, ask: Ask): Observable<Page<unknown>> {
  return defer(() => source.fetch({ query, signal: new AbortController().signal, ...ask }));
}

async function firstPage(answer$: Observable<Page<unknown>>): Promise<Page<unknown>> {
  const page = await firstValueFrom(answer$, { defaultValue: undefined });
  ensure(page !== undefined && Array.isArray(page.items), `the answer is no page: ${showValue(page)}`);
  return page;
}

function pageOf(subject: Subject, ask: Ask): Promise<Page<unknown>> {
  return firstPage(answerOf(subject, ask));
}

/** Every page to the end, the next one asked for once `between` is done. */
async function walkPages(
  subject: Subject,
  pageSize: number,
  between: (page: number) => Promise<unknown> = () => Promise.resolve(),
): Promise<readonly Page<unknown>[]> {
  const pages: Page<unknown>[] = [];
  const tokens = new Set<string>();
  for (let pageToken: string | undefined; ;) {
    const page = await pageOf(subject, { pageToken, pageSize });
    pages.push(page);
    pageToken = page.nextPageToken;
    if (!pageToken) return pages;
    ensure(!tokens.has(pageToken), `in pages of ${pageSize}, page ${pages.length} leads back to one before it`);
    ensure(pages.length < MAX_PAGES, `in pages of ${pageSize}, there is no end after ${MAX_PAGES} pages`);
    tokens.add(pageToken);
    await between(pages.length);
  }
}

async function walk(...walked: Parameters<typeof walkPages>): Promise<readonly unknown[]> {
  return (await walkPages(...walked)).flatMap(({ items }) => items);
}

/** The token of every page, the first of which has none. */
async function tokensOf(subject: Subject, pageSize: number): Promise<readonly (string | undefined)[]> {
  const pages = await walkPages(subject, pageSize);
  return [undefined, ...pages.slice(0, -1).map(({ nextPageToken }) => nextPageToken)];
}

/** The other side may need a moment to notice. */
async function nothingLeft({ liveCalls }: Subject, listeners: () => number, after: string): Promise<void> {
  const left = () => listeners() + (liveCalls?.() ?? 0);
  for (let waitedMs = 0; left() > 0 && waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    await lastValueFrom(timer(POLL_MS), { defaultValue: 0 });
  }
  ensure(listeners() === 0, `${after}, and the signal still has ${listeners()} listeners`);
  ensure(left() === 0, `${after}, and ${left()} calls are still open`);
}

/** One after the other: a source is called at most once at a time. */
async function inTurn<A, B>(list: readonly A[], run: (item: A) => Promise<B>): Promise<readonly B[]> {
  const results: B[] = [];
  for (const item of list) results.push(await run(item));
  return results;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function itemInWords(list: readonly unknown[], at: number): string {
  return at < list.length ? showValue(list[at]) : 'missing';
}

import { defer, firstValueFrom, lastValueFrom, timer, type Observable } from 'rxjs';
import type { Page, PageRequest } from '../contracts/pageSource.ts';
import { ensure } from './law.ts';
import type { PageSourceSubject } from './pageSourceSubject.ts';
import { showValue } from './showValue.ts';

/** A subject whose items nobody looks into. */
export type Subject = PageSourceSubject<unknown, unknown>;

/** How long a source may take to notice that it is no longer wanted. */
export const PATIENCE_MS = 2_000;
const POLL_MS = 5;
const MAX_PAGES = 10_000;

type Ask = Partial<Pick<PageRequest, 'pageToken' | 'signal'>> & Pick<PageRequest, 'pageSize'>;

/** The answer to one call, which nothing else cancels. */
export function answerOf({ source, query }: Subject, ask: Ask): Observable<Page<unknown>> {
  return defer(() => source.fetch({ query, signal: new AbortController().signal, ...ask }));
}

/** The page of an answer. */
export async function firstPage(answer$: Observable<Page<unknown>>): Promise<Page<unknown>> {
  const page = await firstValueFrom(answer$, { defaultValue: undefined });
  ensure(page !== undefined && Array.isArray(page.items), `the answer is no page: ${showValue(page)}`);
  return page;
}

/** The page that one call gives. */
export function pageOf(subject: Subject, ask: Ask): Promise<Page<unknown>> {
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

/** The whole list, read page by page. */
export async function walk(...walked: Parameters<typeof walkPages>): Promise<readonly unknown[]> {
  return (await walkPages(...walked)).flatMap(({ items }) => items);
}

/** The token of every page, the first of which has none. */
export async function tokensOf(subject: Subject, pageSize: number): Promise<readonly (string | undefined)[]> {
  const pages = await walkPages(subject, pageSize);
  return [undefined, ...pages.slice(0, -1).map(({ nextPageToken }) => nextPageToken)];
}

/** Breaks the law unless nothing is open any more, which the other side may need a moment to notice. */
export async function nothingLeft({ liveCalls }: Subject, listeners: () => number, after: string): Promise<void> {
  const left = () => listeners() + (liveCalls?.() ?? 0);
  for (let waitedMs = 0; left() > 0 && waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    await lastValueFrom(timer(POLL_MS), { defaultValue: 0 });
  }
  ensure(listeners() === 0, `${after}, and the signal still has ${listeners()} listeners`);
  ensure(left() === 0, `${after}, and ${left()} calls are still open`);
}

/** One after the other: a source is called at most once at a time. */
export async function inTurn<A, B>(list: readonly A[], run: (item: A) => Promise<B>): Promise<readonly B[]> {
  const results: B[] = [];
  for (const item of list) results.push(await run(item));
  return results;
}

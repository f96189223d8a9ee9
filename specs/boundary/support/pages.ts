import { defer, firstValueFrom } from 'rxjs';
import type { Page, PageRequest, PageSource } from '../../../lib/contracts/pageSource.ts';

/** One page, asked for as the core does. */
export function pageOf<T, Q>(
  source: PageSource<T, Q>,
  request: Partial<PageRequest<Q>> & Pick<PageRequest, 'pageSize'>,
): Promise<Page<T>> {
  const { signal } = new AbortController();
  return firstValueFrom(defer(() => source.fetch({ query: undefined as Q, signal, ...request })));
}

/** Every page to the end; `between` runs after each page but the last. */
export async function walk<T, Q>(
  source: PageSource<T, Q>,
  pageSize: number,
  options: { readonly query?: Q; readonly between?: (page: number) => void | Promise<void> } = {},
): Promise<readonly Page<T>[]> {
  const { query, between } = options;
  const pages: Page<T>[] = [];
  for (let pageToken: string | undefined; ;) {
    const page = await pageOf(source, { pageSize, pageToken, query: query as Q });
    pages.push(page);
    pageToken = page.nextPageToken;
    if (!pageToken) return pages;
    if (pages.length > 1_000) throw new Error('a walk without an end');
    await between?.(pages.length);
  }
}

/** The items of pages. */
export function itemsOf<T>(pages: readonly Page<T>[]): T[] {
  return pages.flatMap(({ items }) => items);
}

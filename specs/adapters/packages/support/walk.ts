import { firstValueFrom, from } from 'rxjs';
import { comparePageKeys } from '../../../../lib/contracts/pageKey.ts';
import type { Page } from '../../../../lib/contracts/pageSource.ts';
import {
  packageKey,
  type Package,
  type PackageQuery,
  type PackageSource,
} from '../../../../lib/adapters/packages/package.ts';

interface Ask {
  readonly query?: PackageQuery;
  readonly pageToken?: string | undefined;
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
}

/** One page of a source. */
export function pageOf(source: PackageSource, ask: Ask = {}): Promise<Page<Package>> {
  const request = { query: {}, pageSize: 100, signal: new AbortController().signal, ...ask };
  return firstValueFrom(from(source.fetch(request)));
}

/** All items of a source, page by page. */
export async function itemsOf(source: PackageSource, { query = {}, pageSize = 100 }: Ask = {}): Promise<Package[]> {
  const items: Package[] = [];
  for (let pageToken: string | undefined; ;) {
    const page = await pageOf(source, { query, pageToken, pageSize });
    items.push(...page.items);
    pageToken = page.nextPageToken;
    if (!pageToken) return items;
  }
}

/** `name version` of all items. */
export async function listOf(source: PackageSource, ask: Ask = {}): Promise<string[]> {
  return (await itemsOf(source, ask)).map(({ name, version }) => `${name} ${version}`);
}

/** The failure of a source. */
export async function failureOf(source: PackageSource, ask: Ask = {}): Promise<unknown> {
  const outcome = await itemsOf(source, ask).catch((error: unknown) => ({ error }));
  if ('error' in outcome) return outcome.error;
  throw new Error(`no failure, but ${outcome.length} items`);
}

/** A source's own list in the order it promises, each `name version` once. */
export function inOrder(pairs: Iterable<string>): string[] {
  return [...new Set(pairs)].sort((a, b) => comparePageKeys(a.split(' '), b.split(' ')));
}

/** What the laws of page sources need. */
export const key = packageKey;

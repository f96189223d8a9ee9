import type { Package, PackageQuery, PackageSource } from '../../lib/adapters/packages/package.ts';
import { matchesQuery } from '../../lib/adapters/packages/matchesQuery.ts';
import { packageKey } from '../../lib/adapters/packages/package.ts';
import { aesGcmSealer } from '../../lib/adapters/node/aesGcmSealer.ts';
import { serve, type Serving } from '../../lib/adapters/http/serve.ts';
import { fromSnapshot } from '../../lib/boundary/fromSnapshot.ts';
import { catalogueApp, type CatalogueAppOptions } from '../../lib/systems/catalogue/catalogueApp.ts';
import { createCatalogue, type CatalogueOptions } from '../../lib/systems/catalogue/createCatalogue.ts';

/** A served catalogue whose calls are counted. */
export interface TestCatalogue extends Serving {
  readonly calls: () => number;
  /** GETs a path, with the query's parameters. */
  get(
    path: string,
    query?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

const KEYS = [{ id: 'k1', secret: 'a secret for specs only' }];

/** Packages of a source: `item('a', 1)` and so on. */
export function listOf(
  name: string,
  items: readonly Omit<Package, 'source'>[],
  paging?: PackageSource['paging'],
): PackageSource {
  const source = fromSnapshot<Package, PackageQuery>({
    name,
    key: packageKey,
    matches: matchesQuery,
    load: () => [items.map((item) => ({ ...item, source: name }))],
  });
  return paging === undefined ? source : { ...source, paging };
}

/** So many packages, each with a name of its own. */
export function manyOf(name: string, count: number, prefix = 'package'): PackageSource {
  const items = Array.from({ length: count }, (_, i) => ({
    name: `${prefix}-${String(i).padStart(6, '0')}`,
    version: `1.${i}.0`,
    description: `number ${i} of ${name}`,
  }));
  return listOf(name, items);
}

/** Serves a catalogue on a free port. */
export async function startCatalogue(
  sources: readonly PackageSource[],
  options: Partial<CatalogueOptions> & Omit<Partial<CatalogueAppOptions>, 'catalogue'> = {},
): Promise<TestCatalogue> {
  let calls = 0;
  const counted = sources.map((source): PackageSource => ({
    ...source,
    fetch: (request) => {
      calls++;
      return source.fetch(request);
    },
  }));
  const catalogue = createCatalogue({
    sources: counted.map((source) => ({ type: 'test', source })),
    sealer: aesGcmSealer({ keys: KEYS }),
    ...options,
  });
  const serving = await serve(catalogueApp({ catalogue, ...options }), { port: 0, onError: options.onError });

  return {
    ...serving,
    calls: () => calls,
    get: (path, query = {}, headers = {}) => get(new URL(path, serving.url), query, headers),
  };
}

export async function get(
  url: URL,
  query: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
  const response = await fetch(url, { headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** Walks the list to its end over HTTP, page sizes in turn, and gives the items of each page. */
export async function walkPages(
  { get: getPage }: Pick<TestCatalogue, 'get'>,
  sizes: readonly number[],
  query: Readonly<Record<string, string>> = {},
): Promise<readonly (readonly Package[])[]> {
  const pages: Package[][] = [];
  let pageToken = '';
  do {
    const pageSize = String(sizes[pages.length % sizes.length]);
    const { status, body } = await getPage('/v1/packages', { ...query, pageSize, pageToken });
    if (status !== 200) throw new Error(`page ${pages.length}: ${status} ${JSON.stringify(body)}`);
    pages.push(body.items);
    pageToken = body.nextPageToken;
  } while (pageToken !== '');
  return pages;
}

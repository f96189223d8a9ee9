import type { Context } from 'hono';
import { firstValueFrom } from 'rxjs';
import { answerJson } from '../../adapters/http/answerJson.ts';
import { createApi, type ApiOptions } from '../../adapters/http/createApi.ts';
import { RequestError } from '../../adapters/http/problem.ts';
import { quoted, readPageSize, readPageToken, readQuery } from '../../adapters/http/readQuery.ts';
import type { WebApp } from '../../adapters/http/serve.ts';
import type { WalkQuery } from '../../core/paging/aggregate.ts';
import type { Asset, Assets } from './loadAssets.ts';
import type { Catalogue } from './createCatalogue.ts';
import { openapi as ownApi } from './openapi.ts';

/** What {@link catalogueApp} serves, and to whom. */
export interface CatalogueAppOptions extends Omit<ApiOptions, 'openapi'> {
  readonly catalogue: Catalogue;
  /** The browser page. Absent: the API alone. */
  readonly assets?: Assets | undefined;
  /** What /openapi.json says. Default: the description of the catalogue alone. */
  readonly openapi?: object | undefined;
}

/** Most characters of a search text. */
const MAX_QUERY_LENGTH = 256;

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The HTTP side of a catalogue: the API under /v1, its description, health, and the browser page. */
export function catalogueApp(options: CatalogueAppOptions): WebApp {
  const { catalogue, assets = new Map<string, Asset>(), openapi = ownApi } = options;
  const app = createApi({ ...options, openapi });

  app.get('/v1/packages', async ({ req, var: { tenant } }) => {
    const { query, source, ...place } = readQuery(new URL(req.url), {
      once: ['pageSize', 'pageToken', 'query'],
      many: ['source'],
    });
    const wanted = { query: searchText(query), sources: known(source) };
    return answerJson(await firstValueFrom(catalogue.page({ ...wanted, ...walk(req.raw, tenant, place) })));
  });

  app.get('/v1/sources', async ({ req, var: { tenant } }) => {
    const place = readQuery(new URL(req.url), { once: ['pageSize', 'pageToken'] });
    const { items, nextPageToken } = await firstValueFrom(catalogue.sources(walk(req.raw, tenant, place)));
    return answerJson({ sources: items, nextPageToken });
  });

  if (assets.has('index.html')) app.get('/', (context) => file(context, 'index.html'));
  app.get('/assets/:name', (context) => file(context, context.req.param('name')));

  return { fetch: (request) => app.fetch(request) };

  function known(sources: readonly string[]): readonly string[] {
    for (const source of sources) {
      if (catalogue.sourceNames.includes(source)) continue;
      const names = catalogue.sourceNames.join(', ');
      throw new RequestError(400, 'unknown_source', `there is no source ${quoted(source)}; known: ${names}`);
    }
    return sources;
  }

  function file(context: Context, name: string): Response | Promise<Response> {
    const asset = assets.get(name);
    if (asset === undefined) return context.notFound();
    const headers = { etag: asset.etag, 'cache-control': 'no-cache', 'content-security-policy': PAGE_POLICY };
    if (context.req.header('if-none-match') === asset.etag) return new Response(null, { status: 304, headers });
    return new Response(asset.body, { headers: { ...headers, 'content-type': asset.type } });
  }
}

function walk(
  { signal }: Request,
  tenant: string,
  { pageSize, pageToken }: { readonly pageSize?: string; readonly pageToken?: string },
): WalkQuery<never> {
  return { tenant, signal, pageSize: readPageSize(pageSize), pageToken: readPageToken(pageToken) };
}

function searchText(query = ''): string {
  if (query.length <= MAX_QUERY_LENGTH) return query;
  throw new RequestError(400, 'query_too_long', `query may be at most ${MAX_QUERY_LENGTH} characters long`);
}

import { Hono, type Context } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { firstValueFrom } from 'rxjs';
import { answerProblem, isOurFault, RequestError } from '../../adapters/http/problem.ts';
import { quoted, readPageSize, readPageToken, readQuery } from '../../adapters/http/readQuery.ts';
import type { WebApp } from '../../adapters/http/serve.ts';
import { InvalidPageTokenError, PageTokenMismatchError } from '../../contracts/pageTokenFailure.ts';
import type { WalkQuery } from '../../core/paging/aggregate.ts';
import type { Asset, Assets } from './loadAssets.ts';
import type { Catalogue } from './createCatalogue.ts';
import { openapi } from './openapi.ts';

/** What {@link catalogueApp} serves, and to whom. */
export interface CatalogueAppOptions {
  readonly catalogue: Catalogue;
  /** The browser page. Absent: the API alone. */
  readonly assets?: Assets | undefined;
  /**
   * Who is asking: the name of a tenant, to whom the page tokens of the answer belong; undefined is answered 401.
   * Absent: everybody is the same tenant.
   */
  readonly authorize?: ((request: Request) => string | undefined) | undefined;
  /** False while the server does not want new requests. */
  readonly ready?: (() => boolean) | undefined;
  /** Takes what went wrong inside, which no client is told. */
  readonly onError?: ((failure: unknown) => void) | undefined;
}

/** Most characters of a search text. */
const MAX_QUERY_LENGTH = 256;

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The HTTP side of a catalogue: the API under /v1, its description, health, and the browser page. */
export function catalogueApp(options: CatalogueAppOptions): WebApp {
  const {
    catalogue,
    assets = new Map<string, Asset>(),
    authorize = () => '',
    ready = () => true,
    onError = () => undefined,
  } = options;
  const app = new Hono<{ Variables: { tenant: string } }>();

  app.use(methodNotAllowed({ app, onMethodNotAllowed: (_, methods) => answerProblem(wrongMethod(methods)) }));
  app.notFound(() => answerProblem(new RequestError(404, 'not_found', 'there is nothing at this path')));
  app.onError((failure, { req }) => {
    if (isOurFault(failure, req.raw)) onError(failure);
    // Between tenants a token that belongs to another one must look like any other wrong token.
    const concealed = options.authorize !== undefined && failure instanceof PageTokenMismatchError;
    return answerProblem(concealed ? new InvalidPageTokenError() : failure);
  });

  app.use('/v1/*', async (context, next) => {
    const tenant = authorize(context.req.raw);
    if (tenant === undefined) {
      throw new RequestError(401, 'unauthorized', 'this needs credentials', { 'www-authenticate': 'Bearer' });
    }
    context.set('tenant', tenant);
    await next();
  });

  app.get('/v1/packages', async ({ req, var: { tenant } }) => {
    const { query, source, ...place } = readQuery(new URL(req.url), {
      once: ['pageSize', 'pageToken', 'query'],
      many: ['source'],
    });
    const wanted = { query: searchText(query), sources: known(source) };
    return answer(await firstValueFrom(catalogue.page({ ...wanted, ...walk(req.raw, tenant, place) })));
  });

  app.get('/v1/sources', async ({ req, var: { tenant } }) => {
    const place = readQuery(new URL(req.url), { once: ['pageSize', 'pageToken'] });
    const { items, nextPageToken } = await firstValueFrom(catalogue.sources(walk(req.raw, tenant, place)));
    return answer({ sources: items, nextPageToken });
  });

  app.get('/openapi.json', () => answer(openapi));
  app.get('/healthz', () => answer({ status: 'ok' }));
  app.get('/readyz', () => {
    if (ready()) return answer({ status: 'ready' });
    return answerProblem(new RequestError(503, 'stopping', 'the server is stopping'));
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

function answer(body: object): Response {
  return new Response(JSON.stringify(body), {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}

function searchText(query = ''): string {
  if (query.length <= MAX_QUERY_LENGTH) return query;
  throw new RequestError(400, 'query_too_long', `query may be at most ${MAX_QUERY_LENGTH} characters long`);
}

function wrongMethod(methods: readonly string[]): RequestError {
  const allow = methods.join(', ');
  return new RequestError(405, 'method_not_allowed', `this path answers to ${allow}`, { allow });
}

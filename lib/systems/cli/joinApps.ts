import type { WebApp } from '../../adapters/http/serve.ts';

/** One of several apps behind one port. */
export interface AppPart {
  readonly app: WebApp;
  /** Beginnings of the paths that are its own. */
  readonly prefixes: readonly string[];
  readonly openapi: ApiDocument;
}

/** A description of an API, as far as it is joined with others. */
export interface ApiDocument {
  readonly paths: object;
  readonly components: { readonly schemas: object };
}

/** Several apps as one: each has its paths, and the first one all others. Their descriptions are one as well. */
export function joinApps(main: Omit<AppPart, 'prefixes'>, parts: readonly AppPart[]): WebApp {
  if (parts.length === 0) return main.app;
  const all = [...parts, main];
  const document = {
    ...main.openapi,
    info: { title: 'rxfan', version: '1.0.0', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths: Object.assign({}, ...all.map(({ openapi }) => openapi.paths)) as object,
    components: { schemas: Object.assign({}, ...all.map(({ openapi }) => openapi.components.schemas)) as object },
  };

  return {
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      const { app } = parts.find(({ prefixes }) => prefixes.some((prefix) => isBelow(pathname, prefix))) ?? main;
      const answer = await app.fetch(request);
      if (pathname !== '/openapi.json' || !answer.ok) return answer;
      return new Response(request.method === 'HEAD' ? null : JSON.stringify(document), { headers: answer.headers });
    },
  };
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

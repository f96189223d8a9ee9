import type { WebApp } from '../../adapters/http/serve.ts';

/** One app made of several: a request for one of these paths, or for one below it, goes to its app, any other to `rest`. */
export function appsByPath(apps: Readonly<Record<string, WebApp>>, rest: WebApp): WebApp {
  const entries = Object.entries(apps);
  return {
    fetch: (request) => {
      const { pathname } = new URL(request.url);
      const [, app = rest] = entries.find(([path]) => pathname === path || pathname.startsWith(`${path}/`)) ?? [];
      return app.fetch(request);
    },
  };
}

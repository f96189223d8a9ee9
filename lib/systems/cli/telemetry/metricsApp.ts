import { hasToken } from '../../../adapters/http/hasToken.ts';
import type { WebApp } from '../../../adapters/http/serve.ts';
import { answerProblem, RequestError } from '../../../adapters/http/problem.ts';
import type { Telemetry } from './withTelemetry.ts';

const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * An app with the figures of its process at /metrics, behind those that it has there itself. They are open to whoever may see
 * those, to whoever has the token, and, where there is no token, on this machine.
 */
export function metricsApp(
  app: WebApp,
  { text, metricsToken, isLocal }: Telemetry & { readonly isLocal: boolean },
): WebApp {
  const mayRead = (request: Request) => (metricsToken === undefined ? isLocal : hasToken(request, metricsToken));
  return {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname !== '/metrics' || request.method !== 'GET') return app.fetch(request);
      const own = await app.fetch(request);
      if (own.status === 200) return answered((await own.text()) + (await text()));
      const isOpen = own.status === 404 || metricsToken !== undefined; // with another token its own answer counts
      if (isOpen && mayRead(request)) return answered(await text());
      return own.status === 404 && metricsToken !== undefined ? answerProblem(unauthorized()) : own;
    },
  };
}

function answered(text: string): Response {
  return new Response(text, { headers: { 'content-type': TYPE, 'cache-control': 'no-store' } });
}

function unauthorized(): RequestError {
  return new RequestError(401, 'unauthorized', 'this needs METRICS_TOKEN', { 'www-authenticate': 'Bearer' });
}

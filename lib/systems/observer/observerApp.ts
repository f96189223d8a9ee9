import { firstValueFrom } from 'rxjs';
import { answerJson } from '../../adapters/http/answerJson.ts';
import { createApi, type ApiOptions } from '../../adapters/http/createApi.ts';
import { RequestError } from '../../adapters/http/problem.ts';
import { readPageSize, readPageToken, readQuery } from '../../adapters/http/readQuery.ts';
import type { WebApp } from '../../adapters/http/serve.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import type { Durability, Observer } from '../../core/watching/observer.ts';
import { createGate, type ObserverAccess } from './createGate.ts';
import { METRICS_TYPE, metricsText } from './metricsText.ts';
import { observerProblem } from './observerProblem.ts';
import { openapi as ownApi } from './openapi.ts';
import { readKey, readRegistration, type RegistrationRules } from './readRegistration.ts';
import { registrationPages } from './registrationPages.ts';
import { registrationView } from './registrationView.ts';
import { requestFields } from './requestFields.ts';

/** What {@link observerApp} serves, and to whom. */
export interface ObserverAppOptions extends Pick<ApiOptions, 'ready' | 'onError'> {
  readonly observer: Observer;
  /** `all` (default), or health and figures alone, where registrations are made elsewhere. */
  readonly serves?: 'all' | 'healthAndMetrics' | undefined;
  readonly access: ObserverAccess;
  readonly rules: RegistrationRules;
  /** Seals page tokens. */
  readonly sealer: TokenSealer;
  /** What /openapi.json says. Default: the description of the observer alone. */
  readonly openapi?: object | undefined;
}

/** The HTTP side of an observer: /register, /notify, /admin/flush, /metrics, its description, and health. */
export function observerApp(options: ObserverAppOptions): WebApp {
  const { observer, serves = 'all', access, rules, sealer, openapi = ownApi, ready, onError } = options;
  const app = createApi({
    openapi,
    ready,
    onError,
    problemOf: observerProblem,
    hindrance: () => hindranceOf(observer),
  });
  const gate = createGate(access);
  const pages = registrationPages(observer, sealer);

  app.get('/metrics', ({ req }) => {
    gate.metrics(req.raw);
    const headers = { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' };
    return new Response(metricsText(observer.stats()), { headers });
  });
  if (serves === 'healthAndMetrics') return { fetch: (request) => app.fetch(request) };

  app.post('/register', async ({ req: { raw: request } }) => {
    const owner = gate.owner(request);
    const wanted = readRegistration(await requestFields(request), rules);
    const { kind, registration, durability } = await firstValueFrom(observer.register(wanted, owner));
    const status = kind === 'created' && durability !== 'pending' ? 201 : statusOf(durability);
    return answerJson({ ...registrationView(registration), persistence: durability }, { status });
  });

  app.delete('/register', async ({ req: { raw: request } }) => {
    const owner = gate.owner(request);
    const key = readKey(await requestFields(request), (id) => observer.get(id, owner));
    const { removed, durability } = await firstValueFrom(observer.unregister(key, owner));
    const answer = { removed: removed.map(registrationView), persistence: durability };
    return answerJson(answer, { status: statusOf(durability) });
  });

  app.get('/register', async ({ req: { raw: request } }) => {
    const owner = gate.owner(request);
    if (request.headers.get('upgrade')?.toLowerCase() === 'websocket') {
      throw new RequestError(400, 'no_upgrade', 'there is no WebSocket here');
    }
    const { pageSize, pageToken } = readQuery(new URL(request.url), { once: ['pageSize', 'pageToken'] });
    const page = await firstValueFrom(
      pages.page({
        tenant: owner,
        signal: request.signal,
        pageSize: readPageSize(pageSize),
        pageToken: readPageToken(pageToken),
      }),
    );
    return answerJson({ items: page.items.map(registrationView), nextPageToken: page.nextPageToken });
  });

  app.post('/notify', async ({ req: { raw: request } }) => {
    await request.arrayBuffer(); // whatever it says: this is where an observer may tell itself
    return answerJson({ message: 'Received' });
  });

  app.delete('/admin/flush', async ({ req: { raw: request } }) => {
    gate.admin(request);
    readQuery(new URL(request.url), { once: [] });
    const { count, durability } = await firstValueFrom(observer.flush());
    const answer = { message: `${count} registrations dropped`, count, persistence: durability };
    return answerJson(answer, { status: statusOf(durability) });
  });

  return { fetch: (request) => app.fetch(request) };
}

/** 202: it is done, and not yet where a crash cannot undo it. */
function statusOf(durability: Durability): number {
  return durability === 'pending' ? 202 : 200;
}

function hindranceOf(observer: Observer): RequestError | undefined {
  const { state } = observer.stats();
  if (state === 'ready') return undefined;
  const says =
    state === 'closing' || state === 'closed' ? 'the observer is closed' : 'the registrations are not read yet';
  return new RequestError(503, 'observer_unavailable', says, { 'retry-after': '5' });
}

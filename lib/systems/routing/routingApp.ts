import { right } from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import { answerJson } from '../../adapters/http/answerJson.ts';
import { authorizeAdmin, type Admin } from '../../adapters/http/authorizeAdmin.ts';
import { createApi } from '../../adapters/http/createApi.ts';
import { eventStream } from '../../adapters/http/eventStream.ts';
import { RequestError } from '../../adapters/http/problem.ts';
import { readJson } from '../../adapters/http/readJson.ts';
import { readPageSize, readPageToken, readQuery } from '../../adapters/http/readQuery.ts';
import type { WebApp } from '../../adapters/http/serve.ts';
import type { Codec } from '../../contracts/codec.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import type { Receiver } from '../../core/receivers/receiver.ts';
import { asChangeProblem } from './changeProblem.ts';
import { metricsOf } from './metrics.ts';
import { openapi } from './openapi.ts';
import { readRoute } from './readRoute.ts';
import { createReportPages } from './reportPages.ts';
import type { Routing } from './routing.ts';
import type { RouteSpec } from './routingSpec.ts';
import { webhook } from './webhook.ts';

/** What {@link routingApp} serves, and to whom. */
export interface RoutingAppOptions {
  readonly routing: Routing;
  /** Says what a route must be that is added over HTTP. */
  readonly routeCodec: Codec<RouteSpec>;
  /** Seals page tokens. */
  readonly sealer: TokenSealer;
  /** Who may see and change what is routed. */
  readonly admin: Admin;
  /** False while the server does not want new requests. */
  readonly ready?: (() => boolean) | undefined;
  /** Takes what went wrong inside, which no client is told. */
  readonly onError?: ((failure: unknown) => void) | undefined;
}

/** How long a route may take to settle what it holds when it is removed, in ms: by default, and at most. */
const REMOVE_MS = { default: 10_000, max: 25_000 };

/** The HTTP side of what is routed: webhooks, receivers and their routes, figures and alerts, under /hooks and /v1. */
export function routingApp(options: RoutingAppOptions): WebApp {
  const { routing, routeCodec, sealer, admin, ready, onError = () => undefined } = options;
  const app = createApi({ openapi, authorize: authorizeAdmin(admin), ready, problemOf: asChangeProblem, onError });
  const pages = createReportPages(routing, sealer);
  const hooks = openWebhooks(routing, onError);

  app.all('/hooks/*', ({ req }) => {
    const hook = hooks.get(new URL(req.url).pathname);
    if (!hook) throw new RequestError(404, 'not_found', 'there is no webhook at this path');
    return hook.fetch(req.raw);
  });

  app.get('/v1/receivers', async ({ req }) => {
    const { items, nextPageToken } = await firstValueFrom(pages.receivers(placeOf(req.raw)));
    return answerJson({ receivers: items, nextPageToken });
  });
  app.get('/v1/receivers/metrics', () => answerJson(metricsOf(routing)));
  app.post('/v1/receivers/:receiver/routes', async ({ req }) => {
    const route = await readRoute(req.raw, routeCodec);
    routing.addRoute(req.param('receiver'), route);
    return answerJson({ name: route.name, receiver: req.param('receiver'), state: 'open' }, { status: 201 });
  });
  app.delete('/v1/receivers/:receiver/routes/:route', async ({ req }) => {
    const { receiver, route } = req.param();
    const deadlineMs = deadlineOf(req.raw);
    const accounts = await firstValueFrom(routing.removeRoute(receiver, route, { deadlineMs }));
    return answerJson({ name: route, receiver, state: 'closed', tenants: Object.fromEntries(accounts) });
  });
  app.post('/v1/receivers/:receiver/routes/:route/redrive', async ({ req }) => {
    await readJson(req.raw, { codec: NOTHING }); // a type that no page of another site may send unasked
    const { receiver, route } = req.param();
    return answerJson({ redriven: routing.redrive(receiver, route) });
  });

  app.get('/v1/alerts', async ({ req }) => {
    const lastEventId = routing.alerts.lastEventId();
    const { items, nextPageToken } = await firstValueFrom(pages.alerts(placeOf(req.raw)));
    return answerJson({ alerts: items, nextPageToken, lastEventId });
  });
  app.get('/v1/alerts/events', ({ req }) => {
    const { lastEventId } = readQuery(new URL(req.url), { once: ['lastEventId'] });
    return eventStream(req.raw, routing.alerts.events.after(req.header('last-event-id') ?? lastEventId), { onError });
  });

  return { fetch: (request) => app.fetch(request) };
}

const NOTHING: Codec<unknown> = { name: 'an empty object', decode: right };

function openWebhooks(routing: Routing, onError: (failure: unknown) => void): ReadonlyMap<string, WebApp> {
  return new Map(
    [...routing.webhooks()].map(([path, name]) => {
      const entries = [...routing.receivers(name)];
      const { spec } = entries[0]![1];
      if (spec.type !== 'webhook') throw new TypeError(`${name} is no webhook`);
      const receivers = new Map(
        entries.map(([tenant, { receiver }]): [string, Receiver<RoutedEvent>] => [tenant, receiver]),
      );
      return [path, webhook({ spec, receivers, onError })];
    }),
  );
}

function placeOf(request: Request) {
  const { pageSize, pageToken } = readQuery(new URL(request.url), { once: ['pageSize', 'pageToken'] });
  return { signal: request.signal, pageSize: readPageSize(pageSize), pageToken: readPageToken(pageToken) };
}

function deadlineOf(request: Request): number {
  const { deadlineMs } = readQuery(new URL(request.url), { once: ['deadlineMs'] });
  if (deadlineMs === undefined) return REMOVE_MS.default;
  if (/^\d{1,9}$/.test(deadlineMs) && Number(deadlineMs) <= REMOVE_MS.max) return Number(deadlineMs);
  throw new RequestError(400, 'invalid_deadline', `deadlineMs must be a whole number from 0 to ${REMOVE_MS.max}`);
}

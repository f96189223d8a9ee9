import { EMPTY, ignoreElements, merge } from 'rxjs';
import { adminOf } from '../../adapters/http/adminOf.ts';
import { catalogueApp } from '../catalogue/catalogueApp.ts';
import { loadAssets } from '../catalogue/loadAssets.ts';
import { openapi as catalogueApi } from '../catalogue/openapi.ts';
import { consoleApp } from '../console/consoleApp.ts';
import { createDemo } from '../console/createDemo.ts';
import { openapi as consoleApi } from '../console/openapi.ts';
import { openInspection } from '../console/openInspection.ts';
import { eventingApp } from '../eventing/eventingApp.ts';
import { openapi as eventingApi } from '../eventing/openapi.ts';
import { jobsApp } from '../jobs/jobsApp.ts';
import { openapi as jobsApi } from '../jobs/openapi.ts';
import { readObserverSettings } from '../config/observer/readObserverSettings.ts';
import { openapi as observerApi } from '../observer/openapi.ts';
import { openapi as routingApi } from '../routing/openapi.ts';
import { appsByPath } from './appsByPath.ts';
import { bothOrProblems } from './bothOrProblems.ts';
import { joinedApis } from './joinedApis.ts';
import { openEvents } from './openEvents.ts';
import { openObserver } from './observer/openObserver.ts';
import { openJobs } from './openJobs.ts';
import { openRouting } from './openRouting.ts';
import { openServedCatalogue } from './openServedCatalogue.ts';
import { queueDeadLetters } from './queueDeadLetters.ts';
import { routeDeadLetters } from './routeDeadLetters.ts';
import { serveUntilStopped, type ServeFlags } from './serveUntilStopped.ts';
import type { Terminal } from './terminal.ts';

/** Serves everything on one port until it is told to stop, and gives the exit code. */
export async function serveUp(flags: ServeFlags, terminal: Terminal): Promise<number> {
  const closeInspection = openInspection(); // before anything is made that is to be seen
  try {
    return await serveInspected(flags, terminal);
  } finally {
    closeInspection();
  }
}

async function serveInspected(flags: ServeFlags, terminal: Terminal): Promise<number> {
  const [opened, observerSettings] = await bothOrProblems(
    openServedCatalogue(flags, terminal),
    readObserverSettings(terminal.env),
  );
  const { catalogue, settings, sealer, log } = opened;
  const { jobs, begin, end } = await openJobs(opened);
  const events = await openEvents(settings, opened);
  const assets = await loadAssets();
  const { host = settings.http.host } = flags;
  const routing = settings.routing && openRouting({ settings: settings.routing, host, sealer, log });
  const observer = await openObserver({ settings: observerSettings, host, sealer, log });
  const demo = settings.console.demo
    ? createDemo({ onError: (failure) => log.error('the demo', { failure }) })
    : undefined;
  const described = [catalogueApi, jobsApi, eventingApi, ...(routing ? [routingApi] : []), observerApi, consoleApi];
  const openapi = joinedApis(described);
  const parts = [
    'catalogue',
    'inspection',
    ...(routing ? ['routing'] : []),
    'jobs',
    'events',
    'observer',
    'deadLetters',
  ];
  const deadLetters = [
    queueDeadLetters(events.transport, events.queues),
    ...(routing ? [routeDeadLetters(routing.routing)] : []),
  ];

  return serveUntilStopped({
    flags,
    terminal,
    log,
    http: settings.http,
    app: (ready, onError) => {
      const routed = routing?.app(ready, onError);
      const watched = observer.app(ready, onError);
      const { maxClients } = settings.console;
      const admin = adminOf(host, settings.adminToken);
      const looked = consoleApp({ parts, demo, deadLetters, sealer, admin, maxClients, ready, onError });
      const eventing = eventingApp({ eventing: events.api.eventing, ready, onError });
      return appsByPath(
        {
          '/v1/commands': eventing,
          '/v1/operations': eventing,
          '/v1/events': eventing,
          '/v1/stream': eventing,
          '/v1/jobs': jobsApp({ jobs, ready, onError }),
          '/register': watched,
          '/notify': watched,
          '/admin': watched,
          '/metrics': watched,
          '/v1/console': looked,
          '/v1/demo': looked,
          '/v1/deadletters': looked,
          ...(routed && { '/hooks': routed, '/v1/receivers': routed, '/v1/alerts': routed }),
        },
        catalogueApp({ catalogue, assets, openapi, ready, onError }),
      );
    },
    begin: async (serving) => {
      await Promise.all([begin(), observer.begin(serving)]);
    },
    meanwhile: merge(catalogue.probe(), events.run().pipe(ignoreElements()), demo?.run() ?? EMPTY),
    end: async (deadlineMs) => {
      await Promise.all([end(deadlineMs), events.end(deadlineMs), routing?.end(), observer.end(deadlineMs)]);
    },
  });
}

import { firstValueFrom, merge, tap, type Observable } from 'rxjs';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import type { ConsumerEvent, Transport } from '../../contracts/transport.ts';
import type { EventsSettings } from '../config/eventsConfig.ts';
import { openService } from '../config/openService.ts';
import type { Settings } from '../config/readSettings.ts';
import { createServiceApi, type ServiceApi } from '../eventing/createServiceApi.ts';
import { createServiceConsumer, type ServiceConsumer } from '../eventing/createServiceConsumer.ts';
import { demoService } from '../eventing/demoService.ts';
import type { Service } from '../eventing/service.ts';
import type { Log } from './log.ts';
import { openTransport } from './openTransport.ts';

/** A service with its transport. */
export interface OpenService {
  readonly service: Service;
  readonly transport: Transport;
  /** Closes the transport, by the deadline. */
  readonly end: (deadlineMs: number) => Promise<void>;
}

/** The service that the settings name, else the one to try things out with. Rejects with a ConfigError. */
export async function openNamedService(settings: EventsSettings, log: Log): Promise<OpenService> {
  const service = settings.module === undefined ? demoService : await openService(settings.module);
  const transport = await openTransport(settings);
  const states = transport.state$.subscribe({
    next: (state) => log.info('the transport', { state, of: transport.name }),
    error: (failure: unknown) => log.error('the transport', { failure }),
  });
  return {
    service,
    transport,
    end: async (deadlineMs) => {
      await firstValueFrom(transport.close({ deadlineMs }), { defaultValue: undefined });
      states.unsubscribe();
    },
  };
}

/** The runtime that takes commands. */
export function openApi(
  { service, transport }: OpenService,
  settings: Pick<Settings, 'events' | 'pageSize' | 'pageTokens'>,
  { sealer, log }: { readonly sealer: TokenSealer; readonly log: Log },
): ServiceApi {
  const { retentionMs, timeoutMs, maxOperations, events, idempotencySecret } = settings.events;
  return createServiceApi({
    ...{ service, transport, sealer, timeoutMs, maxOperations, events, idempotencySecret },
    ttlMs: retentionMs,
    pageSize: settings.pageSize,
    pageTokenTtlMs: settings.pageTokens.ttlMs,
    onError: (failure) => log.error('events', { failure }),
  });
}

/** The runtime that carries commands out, and what befalls it in the log. */
export async function openConsumer(
  { service, transport }: OpenService,
  { maxAttempts, retryDelayMs }: EventsSettings,
  log: Log,
): Promise<ServiceConsumer> {
  const consumer = await createServiceConsumer({
    ...{ service, transport, maxAttempts, retryDelayMs },
    onError: (failure) => log.error('a message could not be handled', { failure }),
  });
  const noted = (event: ConsumerEvent): void => {
    const { kind, ...facts } = event;
    if (kind === 'consuming') log.info('a queue is read', facts);
    else log.warn(kind === 'interrupted' ? 'a queue is not read for now' : `a message was ${wordOf(kind)}`, facts);
  };
  return { ...consumer, run: () => consumer.run().pipe(tap(noted)) };
}

/** Both runtimes in one process. */
export interface OpenEvents {
  readonly api: ServiceApi;
  readonly transport: Transport;
  /** Those that it has read so far. */
  readonly queues: ReadonlySet<string>;
  readonly run: () => Observable<unknown>;
  readonly end: (deadlineMs: number) => Promise<void>;
}

/** A service with both runtimes. Commands that run may end, and are told of, before it is closed. */
export async function openEvents(
  settings: Pick<Settings, 'events' | 'pageSize' | 'pageTokens'>,
  parts: { readonly sealer: TokenSealer; readonly log: Log },
): Promise<OpenEvents> {
  const opened = await openNamedService(settings.events, parts.log);
  const consumer = await openConsumer(opened, settings.events, parts.log);
  const api = openApi(opened, settings, parts);
  const queues = new Set<string>();
  const noted = (event: ConsumerEvent): void => {
    if (event.kind === 'consuming') queues.add(event.queue);
  };
  return {
    api,
    transport: opened.transport,
    queues,
    run: () => merge(api.run(), consumer.run().pipe(tap(noted))),
    end: async (deadlineMs) => {
      const since = Date.now();
      await firstValueFrom(consumer.close({ deadlineMs }), { defaultValue: undefined });
      await opened.end(Math.max(100, since + deadlineMs - Date.now()));
    },
  };
}

function wordOf(kind: 'retried' | 'deadLettered'): string {
  return kind === 'retried' ? 'put back to come again' : 'put to the dead letters';
}

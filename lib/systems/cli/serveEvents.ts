import { ephemeralSealer } from '../../adapters/node/ephemeralSealer.ts';
import { ConfigError } from '../config/configError.ts';
import type { EventsSettings } from '../config/eventsConfig.ts';
import { readSettings } from '../config/readSettings.ts';
import { eventingApp } from '../eventing/eventingApp.ts';
import { openLog } from './openLog.ts';
import { openApi, openNamedService } from './openEvents.ts';
import { serveUntilStopped, type ServeFlags } from './serveUntilStopped.ts';
import type { Telemetry } from './telemetry/withTelemetry.ts';
import type { Terminal } from './terminal.ts';

/** Takes commands of a service over HTTP until it is told to stop, and gives the exit code. */
export async function serveEvents(flags: ServeFlags, terminal: Terminal, telemetry: Telemetry): Promise<number> {
  const log = openLog(terminal);
  const settings = await readSettings({ file: flags.config, env: terminal.env });
  checkShared(settings.events);
  const sealer = settings.pageTokens.sealer ?? ephemeralSealer({ warn: (message) => log.warn(message) });
  const opened = await openNamedService(settings.events, log);
  const api = openApi(opened, settings, { sealer, log });

  return serveUntilStopped({
    flags,
    terminal,
    log,
    telemetry,
    http: settings.http,
    app: (ready, onError) => eventingApp({ eventing: api.eventing, ready, onError }),
    meanwhile: api.run(),
    end: opened.end,
  });
}

/** Throws a ConfigError for a transport that other processes cannot reach. */
export function checkShared({ transport }: EventsSettings): void {
  if (transport !== 'memory') return;
  throw new ConfigError([
    'events: the transport memory is of one process, and the two runtimes are two: set events.transport (or ' +
      'EVENTS_TRANSPORT) to rabbitmq, or run both with rxfan up',
  ]);
}

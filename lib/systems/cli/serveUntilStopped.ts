import { serve, type WebApp } from '../../adapters/http/serve.ts';
import type { Settings } from '../config/readSettings.ts';
import { EXIT } from './exit.ts';
import type { Log } from './log.ts';
import type { Terminal } from './terminal.ts';

/** What the command line of a server says. */
export interface ServeFlags {
  readonly config?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** What {@link serveUntilStopped} serves. */
export interface ServeUntilStoppedOptions {
  /** Makes the app; `ready` is false from when the server was told to stop. */
  readonly open: (ready: () => boolean) => WebApp;
  readonly flags: ServeFlags;
  readonly settings: Pick<Settings, 'http'>;
  readonly terminal: Terminal;
  readonly log: Log;
  readonly onError: (failure: unknown) => void;
  /** Called when the server answers; what it gives is called when it is told to stop. */
  readonly onReady?: (() => () => void) | undefined;
  /** What must settle while the server still answers, before it stops. */
  readonly drain?: (() => Promise<void> | undefined) | undefined;
}

/** How long running requests may take once the server was told to stop. */
const DRAIN_MS = 10_000;

/** Serves until the process is told to stop, and gives the exit code. */
export async function serveUntilStopped(options: ServeUntilStoppedOptions): Promise<number> {
  const {
    open,
    flags,
    settings,
    terminal,
    log,
    onError,
    onReady = () => () => undefined,
    drain = () => undefined,
  } = options;
  let stopping = false;
  const { host = settings.http.host, port = settings.http.port } = flags;
  const app = open(() => !stopping);
  const serving = await serve(app, { host, port, allowedHosts: settings.http.allowedHosts, onError });

  const stopped = new Promise<void>((resolve, reject) => {
    const stop = async () => {
      await drain();
      log.info('stopping: no new requests, running ones may finish', { withinMs: DRAIN_MS });
      await serving.stop({ deadlineMs: DRAIN_MS });
    };
    const unhook = terminal.onStop(() => {
      if (stopping) terminal.exit(EXIT.failed);
      if (stopping) return;
      stopping = true;
      stop().finally(unhook).then(resolve, reject);
    });
  });
  await terminal.write(`rxfan is ready at ${serving.url}\n`);
  const done = onReady();
  await stopped;
  done();
  return EXIT.done;
}

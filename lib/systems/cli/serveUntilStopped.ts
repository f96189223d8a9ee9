import { NEVER, type Observable } from 'rxjs';
import { answerJson } from '../../adapters/http/answerJson.ts';
import { isLoopback } from '../../adapters/http/hostNames.ts';
import { answerProblem, RequestError } from '../../adapters/http/problem.ts';
import { serve, type Serving, type WebApp } from '../../adapters/http/serve.ts';
import type { Settings } from '../config/readSettings.ts';
import { EXIT } from './exit.ts';
import type { Log } from './log.ts';
import { metricsApp } from './telemetry/metricsApp.ts';
import type { Telemetry } from './telemetry/withTelemetry.ts';
import type { Terminal } from './terminal.ts';

/** What the command line of a program that serves says. */
export interface ServeFlags {
  readonly config?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** What is served, and where. */
export interface ServedProgram {
  readonly flags: ServeFlags;
  readonly terminal: Terminal;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly http: Settings['http'];
  /** Makes what answers. `ready` is false from when the program was told to stop. */
  readonly app: (ready: () => boolean, onError: (failure: unknown) => void) => WebApp;
  /** Called when the port is ours; the program is ready when it is done. */
  readonly begin?: ((serving: Serving) => Promise<void>) | undefined;
  /** Runs from when the program is ready until it has stopped. */
  readonly meanwhile?: Observable<never> | undefined;
  /** Ends what runs besides requests, by the deadline. Meanwhile requests are still answered. */
  readonly end?: ((deadlineMs: number) => Promise<void>) | undefined;
}

/** How long everything that runs may take once the program was told to stop. */
const DRAIN_MS = 10_000;
/** The least of it that is left for requests. */
const REQUESTS_MS = 1_000;

/** Serves a program until it is told to stop, and gives the exit code. */
export async function serveUntilStopped(program: ServedProgram): Promise<number> {
  const { flags, terminal, log, telemetry, http, begin = nothing, meanwhile = NEVER, end = nothing } = program;
  let stopping = false;
  const onError = (failure: unknown) => log.error('a request failed', { failure });
  let current: WebApp = { fetch: notYet };
  const { host = http.host, port = http.port } = flags;
  const app = metricsApp(
    program.app(() => !stopping, onError),
    { ...telemetry, isLocal: isLoopback(host) },
  );
  const handle: WebApp = { fetch: (request) => current.fetch(request) };
  const serving = await serve(handle, { host, port, allowedHosts: http.allowedHosts, onError });

  const drain = async () => {
    const since = Date.now();
    await end(DRAIN_MS);
    await serving.stop({ deadlineMs: Math.max(REQUESTS_MS, since + DRAIN_MS - Date.now()) });
  };
  const stopped = new Promise<void>((resolve, reject) => {
    const unhook = terminal.onStop(() => {
      if (stopping) {
        terminal.exit(EXIT.failed);
        return;
      }
      stopping = true;
      log.info('stopping: nothing new is begun, what runs may finish', { withinMs: DRAIN_MS });
      terminal.progress('stopping');
      drain().finally(unhook).then(resolve, reject);
    });
  });
  try {
    // Told to stop before it is ready, it does not wait for what it would take to be ready.
    const over = await Promise.race([begin(serving).then(() => false), stopped.then(() => true)]);
    if (over) return EXIT.done;
  } catch (failure) {
    await serving.stop({ deadlineMs: 0 });
    throw failure;
  }
  current = app;
  await terminal.write(`rxfan is ready at ${serving.url}\n`);
  const running = meanwhile.subscribe({ error: onError });
  await stopped;
  running.unsubscribe();
  return EXIT.done;
}

function notYet({ url }: Request): Response {
  if (new URL(url).pathname === '/healthz') return answerJson({ status: 'ok' }); // it lives, whatever it waits for
  return answerProblem(new RequestError(503, 'starting', 'the server is starting', { 'retry-after': '1' }));
}

async function nothing(): Promise<void> {
  // most programs run nothing besides requests
}

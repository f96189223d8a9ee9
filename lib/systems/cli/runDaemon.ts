import { serveSocket } from '../../adapters/http/serveSocket.ts';
import { createUpstream } from '../daemon/createUpstream.ts';
import { daemonApp } from '../daemon/daemonApp.ts';
import { eventsClient } from '../daemon/eventsClient.ts';
import { socketPath } from '../daemon/socketPath.ts';
import { EXIT } from './exit.ts';
import { openLog } from './openLog.ts';
import { plain } from './plain.ts';
import { serverUrl, type ServerFlags } from './serverUrl.ts';
import type { Terminal } from './terminal.ts';

/** How long whoever waits at the daemon may take to leave, once it was told to stop. */
const DRAIN_MS = 2_000;

/** Holds one connection to a server for all commands of this user until it is told to stop, and gives the exit code. */
export async function runDaemon(flags: ServerFlags, terminal: Terminal): Promise<number> {
  const log = openLog(terminal);
  const base = await serverUrl(flags, terminal);
  const path = socketPath(terminal.env);
  let stopping = false;
  const upstream = createUpstream({
    base,
    random: Math.random,
    onChange: (state) => log.info('the server', { state, at: new URL(base).origin }),
  });
  const onError = (failure: unknown) => log.error('a request failed', { failure });
  const app = daemonApp({ client: eventsClient({ base }), upstream, ready: () => !stopping, onError });
  const serving = await serveSocket(app, path, { onError });
  const connection = upstream.news$.subscribe({ error: onError });
  await terminal.write(`rxfan is ready at ${plain(path)}\n`);

  await new Promise<void>((resolve, reject) => {
    const unhook = terminal.onStop(() => {
      if (stopping) {
        terminal.exit(EXIT.failed);
        return;
      }
      stopping = true;
      log.info('stopping: whoever waits is told how things stand', { withinMs: DRAIN_MS });
      terminal.progress('stopping');
      serving.stop({ deadlineMs: DRAIN_MS }).finally(unhook).then(resolve, reject);
    });
  });
  connection.unsubscribe();
  return EXIT.done;
}

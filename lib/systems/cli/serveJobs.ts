import { jobsApp } from '../jobs/jobsApp.ts';
import { openJobs } from './openJobs.ts';
import { openServedCatalogue } from './openServedCatalogue.ts';
import { serveUntilStopped, type ServeFlags } from './serveUntilStopped.ts';
import type { Telemetry } from './telemetry/withTelemetry.ts';
import type { Terminal } from './terminal.ts';

/** Serves jobs until it is told to stop, and gives the exit code. */
export async function serveJobs(flags: ServeFlags, terminal: Terminal, telemetry: Telemetry): Promise<number> {
  const opened = await openServedCatalogue(flags, terminal);
  const { jobs, begin, end } = await openJobs(opened);

  return serveUntilStopped({
    flags,
    terminal,
    log: opened.log,
    telemetry,
    http: opened.settings.http,
    app: (ready, onError) => jobsApp({ jobs, ready, onError }),
    begin,
    end,
  });
}

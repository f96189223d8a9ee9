import { Command } from 'commander';
import { jobsCommands } from './jobsCommands.ts';
import { configOption, hostOption, portOption } from './options.ts';
import { routeCheckCommand } from './routeCheckCommand.ts';
import type { ServeFlags } from './serveUntilStopped.ts';
import type { Telemetry } from './telemetry/withTelemetry.ts';
import type { Terminal } from './terminal.ts';
import { withExamples } from './withExamples.ts';

/** Serves, and gives the exit code. */
type Serve = (flags: ServeFlags, telemetry: Telemetry) => Promise<number>;

/** The commands of programs that serve over HTTP until they are told to stop. */
export function serveCommands(terminal: Terminal, ended: (code: number) => void): readonly Command[] {
  const serveCommand = (name: string, description: string, run: Serve) =>
    servingCommand(name, description).action(async (flags: ServeFlags) => {
      const { withTelemetry } = await import('./telemetry/withTelemetry.ts');
      ended(await withTelemetry(terminal, (telemetry) => run(flags, telemetry)));
    });
  const catalogue = serveCommand(
    'catalogue',
    'serve the catalogue: its API and a page for the browser',
    async (flags, telemetry) => (await import('./serveCatalogue.ts')).serveCatalogue(flags, terminal, telemetry),
  );
  const jobs = serveCommand('jobs', 'serve jobs: start them, follow them, cancel them', async (flags, telemetry) =>
    (await import('./serveJobs.ts')).serveJobs(flags, terminal, telemetry),
  );
  const route = serveCommand(
    'route',
    'receive events, and route each to where it should go',
    async (flags, telemetry) => (await import('./serveRouting.ts')).serveRouting(flags, terminal, telemetry),
  );
  const observer = serveCommand(
    'observer',
    'tell those who registered when there are messages on a queue',
    async (flags, telemetry) => (await import('./serveObserver.ts')).serveObserver(flags, terminal, telemetry),
  );
  const up = serveCommand(
    'up',
    'serve everything: the catalogue, with what is on this machine, jobs, commands and events, what is routed, and an observer',
    async (flags, telemetry) => (await import('./serveUp.ts')).serveUp(flags, terminal, telemetry),
  );

  for (const command of jobsCommands(terminal, ended)) jobs.addCommand(command);
  route.addCommand(routeCheckCommand(terminal, ended));
  return [
    withExamples(catalogue, 'rxfan catalogue', 'rxfan catalogue --port 8090 --config rxfan.config.yaml'),
    withExamples(jobs, 'rxfan jobs --port 8090', 'rxfan jobs start catalogue.refresh --wait'),
    withExamples(route, 'rxfan route', 'rxfan route check', 'rxfan route --config rxfan.config.yaml --port 0'),
    withExamples(observer, 'rxfan observer', 'rxfan observer --host 0.0.0.0 --port 8090'),
    withExamples(up, 'rxfan up', 'rxfan up --port 8090', 'rxfan up --config rxfan.config.yaml'),
  ];
}

function servingCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(configOption())
    .addOption(hostOption())
    .addOption(portOption())
    .addHelpText(
      'after',
      '\nThe environment goes before the configuration file: PORT, HOST, ALLOWED_HOSTS, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX,\n' +
        'SOURCE_TIMEOUT_MS, PAGE_TOKEN_KEYS, PAGE_TOKEN_TTL_MS, and of jobs JOBS_MAX_RUNNING, JOBS_MAX_WAITING,\n' +
        'JOBS_RETENTION_MS, JOBS_STORE. SIGTERM and SIGINT finish what is running and stop; the second one stops at once.\n' +
        'LOG_FORMAT (text, json) is how the log is written, METRICS_TOKEN opens /metrics, and OTEL_EXPORTER_OTLP_ENDPOINT\n' +
        'is where traces go.',
    );
}

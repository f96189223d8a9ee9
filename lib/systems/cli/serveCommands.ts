import { Command } from 'commander';
import { jobsCommands } from './jobsCommands.ts';
import { configOption, hostOption, portOption } from './options.ts';
import { routeCheckCommand } from './routeCheckCommand.ts';
import type { ServeFlags } from './serveUntilStopped.ts';
import type { Terminal } from './terminal.ts';
import { withExamples } from './withExamples.ts';

/** The commands of programs that serve over HTTP until they are told to stop. */
export function serveCommands(terminal: Terminal, ended: (code: number) => void): readonly Command[] {
  const catalogue = serveCommand(
    'catalogue',
    'serve the catalogue: its API and a page for the browser',
    async (flags) => ended(await (await import('./serveCatalogue.ts')).serveCatalogue(flags, terminal)),
  );
  const jobs = serveCommand('jobs', 'serve jobs: start them, follow them, cancel them', async (flags) =>
    ended(await (await import('./serveJobs.ts')).serveJobs(flags, terminal)),
  );
  const route = serveCommand('route', 'receive events, and route each to where it should go', async (flags) =>
    ended(await (await import('./serveRouting.ts')).serveRouting(flags, terminal)),
  );
  const observer = serveCommand(
    'observer',
    'tell those who registered when there are messages on a queue',
    async (flags) => ended(await (await import('./serveObserver.ts')).serveObserver(flags, terminal)),
  );
  const up = serveCommand(
    'up',
    'serve everything: the catalogue, with what is on this machine, jobs, commands and events, what is routed, and an observer',
    async (flags) => ended(await (await import('./serveUp.ts')).serveUp(flags, terminal)),
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

function serveCommand(name: string, description: string, run: (flags: ServeFlags) => Promise<void>): Command {
  return new Command(name)
    .description(description)
    .addOption(configOption())
    .addOption(hostOption())
    .addOption(portOption())
    .addHelpText(
      'after',
      '\nThe environment goes before the configuration file: PORT, HOST, ALLOWED_HOSTS, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX,\n' +
        'SOURCE_TIMEOUT_MS, PAGE_TOKEN_KEYS, PAGE_TOKEN_TTL_MS, and of jobs JOBS_MAX_RUNNING, JOBS_MAX_WAITING,\n' +
        'JOBS_RETENTION_MS, JOBS_STORE. SIGTERM and SIGINT finish what is running and stop; the second one stops at once.',
    )
    .action(run);
}

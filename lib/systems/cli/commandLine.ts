import { Command, CommanderError, Option } from 'commander';
import { createRequire } from 'node:module';
import { ConfigError } from '../config/configError.ts';
import { checkRouting } from './checkRouting.ts';
import { eventsCommands } from './eventsCommands.ts';
import { EXIT } from './exit.ts';
import { jobsCommands } from './jobsCommands.ts';
import { marblesCommand } from './marblesCommand.ts';
import { configOption, hostOption, portOption, wholeNumber } from './options.ts';
import { packages, type PackagesFlags } from './packages.ts';
import { plain } from './plain.ts';
import { serveCatalogue } from './serveCatalogue.ts';
import { serveJobs } from './serveJobs.ts';
import { serveObserver } from './serveObserver.ts';
import { serveRouting } from './serveRouting.ts';
import { serveUp } from './serveUp.ts';
import type { ServeFlags } from './serveUntilStopped.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usageError.ts';

/** Runs one command line to its end and gives the exit code. Whatever goes wrong is told in words, without a stack. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.done;
  const program = describeProgram(terminal, (ended) => (code = ended));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (failure) {
    if (failure instanceof CommanderError) return failure.exitCode === 0 ? EXIT.done : EXIT.misused; // it has told why
    if (failure instanceof ConfigError) {
      for (const problem of failure.problems) terminal.error(`error: ${plain(problem)}\n`);
      return EXIT.misused;
    }
    terminal.error(`error: ${plain(failure instanceof Error ? failure.message : String(failure))}\n`);
    return failure instanceof UsageError ? EXIT.misused : EXIT.failed;
  }
}

function describeProgram(terminal: Terminal, ended: (code: number) => void): Command {
  const program = new Command('rxfan')
    .description(
      'Packages of many sources as one list, jobs that can be followed, events to where they should go, and queues watched.',
    )
    .version(versionOf())
    .enablePositionalOptions() // what follows a command is its own
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.write(text).catch(() => undefined),
      writeErr: (text) => terminal.error(text),
    })
    .addHelpText(
      'after',
      '\nWithout a configuration file, the packages on this machine are listed. Exit codes: 0 done, 1 failed, 2 misused.',
    );

  program
    .command('packages')
    .description('print packages, page by page, by name, version and source')
    .addOption(configOption())
    .addOption(
      new Option('--page-size <n>', 'items per page; 0 means the default').argParser(
        wholeNumber(0, Number.MAX_SAFE_INTEGER),
      ),
    )
    .option('--page-token <token>', 'go on after the page that ended with this token')
    .option('--all', 'go on to the end of the list')
    .option('--query <text>', 'only packages with this in their name or description')
    .option('--source <name...>', 'only these sources')
    .option('--json', 'print each page as one line of JSON, as the HTTP API answers it')
    .addHelpText(
      'after',
      '\nPage tokens are sealed with PAGE_TOKEN_KEYS, else with the keys of the configuration, else with a key of your own\n' +
        'that is kept in the folder for state (XDG_STATE_HOME, ~/.local/state), so that a token is good in the next run.\n' +
        'A source that fails is left out with a warning, and asked again for later pages; with --all the list is then\n' +
        'incomplete, which is a failure (exit code 1).',
    )
    .action(async (flags: PackagesFlags) => ended(await packages(flags, terminal)));

  for (const [name, description, run] of [
    ['catalogue', 'serve the catalogue: its API and a page for the browser', serveCatalogue],
    ['jobs', 'serve jobs: start them, follow them, cancel them', serveJobs],
    ['route', 'receive events, and route each to where it should go', serveRouting],
    ['observer', 'tell those who registered when there are messages on a queue', serveObserver],
    [
      'up',
      'serve everything: the catalogue, with what is on this machine, jobs, commands and events, what is routed, and an observer',
      serveUp,
    ],
  ] as const) {
    const command = program
      .command(name)
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
      .action(async (flags: ServeFlags) => ended(await run(flags, terminal)));
    if (name === 'jobs') addSubcommands(command, jobsCommands(terminal, ended));
    if (name === 'route') addSubcommands(command, [routeCheckCommand(terminal, ended)]);
  }
  for (const command of [...eventsCommands(terminal, ended), marblesCommand(terminal, ended)]) {
    addSubcommand(program, command);
  }
  return program;
}

function routeCheckCommand(terminal: Terminal, ended: (code: number) => void): Command {
  return new Command('check')
    .description('check the configuration and print the routes as a table; nothing is opened')
    .addOption(configOption())
    .action(async (flags: ServeFlags) => ended(await checkRouting(flags, terminal)));
}

/** With the settings of the program: how it writes, and that it does not end the process. */
function addSubcommands(command: Command, subcommands: readonly Command[]): void {
  command.enablePositionalOptions();
  for (const subcommand of subcommands) addSubcommand(command, subcommand);
}

function addSubcommand(command: Command, subcommand: Command): void {
  command.addCommand(subcommand.copyInheritedSettings(command));
  for (const below of subcommand.commands) below.copyInheritedSettings(subcommand);
}

function versionOf(): string {
  const { version } = createRequire(import.meta.url)('rxfan/package.json') as { readonly version: string };
  return version;
}

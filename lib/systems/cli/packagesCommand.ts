import { Command, Option } from 'commander';
import { configOption, wholeNumber } from './options.ts';
import type { PackagesFlags } from './packages.ts';
import type { Terminal } from './terminal.ts';
import { withExamples } from './withExamples.ts';

/** `rxfan packages`: prints the packages of all sources, page by page. */
export function packagesCommand(terminal: Terminal, ended: (code: number) => void): Command {
  const command = new Command('packages')
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
    .action(async (flags: PackagesFlags) => {
      const { packages } = await import('./packages.ts');
      ended(await packages(flags, terminal));
    });
  return withExamples(
    command,
    'rxfan packages --page-size 5',
    "rxfan packages --query 'merge sort' --json",
    'rxfan packages --all --source npm',
  );
}

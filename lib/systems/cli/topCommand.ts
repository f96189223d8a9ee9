import { Command } from 'commander';
import { configOption } from './options.ts';
import type { Terminal } from './terminal.ts';
import type { TopFlags } from './top/runTop.ts';
import { withExamples } from './withExamples.ts';

/** `rxfan top`: what runs in a server, live. */
export function topCommand(terminal: Terminal, ended: (code: number) => void): Command {
  const command = new Command('top')
    .description('show what runs in a server of `rxfan up`, live: what waits, what is lost, and who holds it up')
    .option('--kind <kind...>', 'only things of these kinds: topic, subscriber, receiver, route, job and so on')
    .option('--name <text>', 'only things whose name has this in it')
    .option('--once', 'print one picture and end; the same where nobody sits at a terminal')
    .option('--json', 'print each change as one line of JSON')
    .option('--server <url>', 'the server (default: where the configuration says)')
    .addOption(configOption())
    .addHelpText(
      'after',
      '\nA server with an adminToken wants it in RXFAN_ADMIN_TOKEN. NO_COLOR turns colours off.\n' +
        'Keys: q leaves, arrows and PgUp, PgDn, g, G go through the list, / looks for a name.',
    )
    .action(async (flags: TopFlags) => ended(await (await import('./top/runTop.ts')).runTop(flags, terminal)));
  return withExamples(
    command,
    'rxfan top',
    'rxfan top --once --name orders',
    'rxfan top --json --once --server http://127.0.0.1:8080',
  );
}

import { Command } from 'commander';
import { configOption } from './options.ts';
import type { ServeFlags } from './serveUntilStopped.ts';
import type { Terminal } from './terminal.ts';
import { withExamples } from './withExamples.ts';

/** `rxfan route check`: says what a configuration would route. */
export function routeCheckCommand(terminal: Terminal, ended: (code: number) => void): Command {
  const command = new Command('check')
    .description('check the configuration and print the routes as a table; nothing is opened')
    .addOption(configOption())
    .action(async (flags: Pick<ServeFlags, 'config'>) => {
      const { checkRouting } = await import('./checkRouting.ts');
      ended(await checkRouting(flags, terminal));
    });
  return withExamples(command, 'rxfan route check', 'rxfan route check --config rxfan.config.yaml');
}

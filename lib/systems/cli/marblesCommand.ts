import { Command } from 'commander';
import type { MarblesFlags } from './drawMarbles.ts';
import type { Terminal } from './terminal.ts';
import { withExamples } from './withExamples.ts';

/** `rxfan marbles`: draws diagrams on one time axis, as text or as a picture. */
export function marblesCommand(terminal: Terminal, ended: (code: number) => void): Command {
  const command = new Command('marbles')
    .description('draw marble diagrams on one time axis, as text or as a picture')
    .argument('[diagram...]', "a diagram, its name before a colon: 'in: -a-b|'")
    .option('--spec <file>', 'take the diagrams of a test in this file; nothing is run')
    .option('--test <text>', 'the test whose title has this in it; default: the first')
    .option('--svg <file>', 'write a picture to this file; - is standard output')
    .option('--title <text>', 'of the picture; default: that of the test')
    .action(async (diagrams: readonly string[], flags: MarblesFlags) => {
      const { drawMarbles } = await import('./drawMarbles.ts');
      ended(await drawMarbles(diagrams, flags, terminal));
    });
  return withExamples(
    command,
    "rxfan marbles 'a: -1---4|' 'b: --2-5|' 'out: --(12)-(45|)'",
    "rxfan marbles 'a: -1---4|' 'b: --2-5|' --svg merge.svg",
    'rxfan marbles --spec specs/merge.spec.ts --test ordered --svg merge.svg',
  );
}

import { Command } from 'commander';
import type { MarblesFlags } from './drawMarbles.ts';
import type { Terminal } from './terminal.ts';

/** `rxfan marbles`: draws diagrams on one time axis, as text or as a picture. */
export function marblesCommand(terminal: Terminal, ended: (code: number) => void): Command {
  return new Command('marbles')
    .description('draw marble diagrams on one time axis, as text or as a picture')
    .argument('[diagram...]', "a diagram, its name before a colon: 'in: -a-b|'")
    .option('--spec <file>', 'take the diagrams of a test in this file; nothing is run')
    .option('--test <text>', 'the test whose title has this in it; default: the first')
    .option('--svg <file>', 'write a picture to this file; - is standard output')
    .option('--title <text>', 'of the picture; default: that of the test')
    .addHelpText(
      'after',
      "\nExamples:\n  rxfan marbles 'a: -1---4|' 'b: --2-5|' 'out: --(12)-(45|)'\n" +
        "  rxfan marbles --spec specs/merge.spec.ts --test 'ordered' --svg merge.svg",
    )
    .action(async (diagrams: readonly string[], flags: MarblesFlags) => {
      const { drawMarbles } = await import('./drawMarbles.ts'); // what no other command needs
      ended(await drawMarbles(diagrams, flags, terminal));
    });
}

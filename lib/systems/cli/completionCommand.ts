import { Argument, Command } from 'commander';
import type { Shell } from './completion/printCompletion.ts';
import type { Terminal } from './terminal.ts';
import { withExamples } from './withExamples.ts';

/** `rxfan completion`: tells a shell what may come next on a command line of `program`. */
export function completionCommand(program: Command, terminal: Terminal, ended: (code: number) => void): Command {
  const command = new Command('completion')
    .description('print the script that completes command lines of rxfan in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      '\nTo keep it: source <(rxfan completion bash) in ~/.bashrc, the same with zsh in ~/.zshrc after compinit, and\n' +
        'rxfan completion fish | source in ~/.config/fish/config.fish. It costs each new shell a tenth of a second.',
    )
    .action(async (shell: Shell) => {
      const { printCompletion } = await import('./completion/printCompletion.ts');
      ended(await printCompletion(shell, program, terminal));
    });
  return withExamples(command, 'rxfan completion bash', 'rxfan completion zsh', 'rxfan completion fish');
}

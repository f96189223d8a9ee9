import type { Command } from 'commander';

/** A command whose help ends with examples: lines that a shell takes as they are. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

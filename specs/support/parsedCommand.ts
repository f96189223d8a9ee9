import type { Command } from 'commander';
import { createProgram } from '../../lib/systems/cli/createProgram.ts';
import { fakeTerminal } from './fakeTerminal.ts';

/** The words that lead to the command which these arguments would run. Nothing is run. */
export async function parsedCommand(args: readonly string[]): Promise<string> {
  let would = '';
  const program = createProgram(fakeTerminal(), () => undefined);
  const idle = (command: Command, path: string): void => {
    command.action(() => void (would = path));
    for (const below of command.commands) idle(below, `${path} ${below.name()}`);
  };
  for (const command of program.commands) idle(command, command.name());
  await program.parseAsync(args, { from: 'user' });
  return would;
}

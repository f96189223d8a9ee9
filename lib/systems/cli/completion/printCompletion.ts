import type { Command } from 'commander';
import { EXIT } from '../exit.ts';
import type { Terminal } from '../terminal.ts';
import { bashCompletion } from './bashCompletion.ts';
import { completionPlaces } from './completionPlaces.ts';
import { completionTables } from './completionTables.ts';
import { fishCompletion } from './fishCompletion.ts';
import { zshCompletion } from './zshCompletion.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** A shell that there is a script for. */
export type Shell = keyof typeof SCRIPTS;

/** Prints the script that completes a program in a shell, and gives the exit code. */
export async function printCompletion(shell: Shell, program: Command, terminal: Terminal): Promise<number> {
  await terminal.write(SCRIPTS[shell](program.name(), completionTables(completionPlaces(program))));
  return EXIT.done;
}

import { Command } from 'commander';
import { completionCommand } from './completionCommand.ts';
import { eventsCommands } from './eventsCommands.ts';
import { initCommand } from './initCommand.ts';
import { marblesCommand } from './marblesCommand.ts';
import { ownManifest } from './ownManifest.ts';
import { packagesCommand } from './packagesCommand.ts';
import { serveCommands } from './serveCommands.ts';
import type { Terminal } from './terminal.ts';
import { topCommand } from './topCommand.ts';
import { withExamples } from './withExamples.ts';

/**
 * The tree of commands; `ended` takes the exit code of the one that runs. What a command needs is loaded when it runs,
 * so that help and completion wait for the tree alone.
 */
export function createProgram(terminal: Terminal, ended: (code: number) => void): Command {
  const program = new Command('rxfan')
    .description(
      'Packages of many sources as one list, jobs that can be followed, events to where they should go, and queues watched.',
    )
    .version(ownManifest().version)
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
  for (const command of [
    initCommand(terminal, ended),
    packagesCommand(terminal, ended),
    ...serveCommands(terminal, ended),
    ...eventsCommands(terminal, ended),
    topCommand(terminal, ended),
    marblesCommand(terminal, ended),
    completionCommand(program, terminal, ended),
  ]) {
    addSubcommand(program, command);
  }
  return withExamples(program, 'rxfan up', 'rxfan packages --page-size 5', 'rxfan init my-app');
}

/** With the settings of the program: how it writes, and that it does not end the process. */
function addSubcommand(command: Command, subcommand: Command): void {
  command.addCommand(subcommand.copyInheritedSettings(command));
  for (const below of subcommand.commands) below.copyInheritedSettings(subcommand);
}

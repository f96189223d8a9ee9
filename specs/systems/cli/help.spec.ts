import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../lib/systems/cli/createProgram.ts';
import { runCommandLine } from '../../../lib/systems/cli/commandLine.ts';
import { packagesLoadedBy } from '../../architecture/source.ts';
import { fakeTerminal } from '../../support/fakeTerminal.ts';
import { parsedCommand } from '../../support/parsedCommand.ts';
import { shellWords } from '../../support/shellWords.ts';

/** Every command, with the words that lead to it. */
function commandsBelow(
  command: Command,
  path: readonly string[] = [],
): readonly (readonly [string, readonly string[]])[] {
  return [
    [['rxfan', ...path].join(' '), path],
    ...command.commands.flatMap((below) => commandsBelow(below, [...path, below.name()])),
  ];
}
const commands = commandsBelow(createProgram(fakeTerminal(), () => undefined));

async function helpOf(path: readonly string[]): Promise<string> {
  const terminal = fakeTerminal();
  expect(await runCommandLine([...path, '--help'], terminal)).toBe(0);
  expect(terminal.err()).toBe('');
  return terminal.out();
}

function examplesIn(help: string): readonly string[] {
  const [, section = ''] = /^Examples:\n((?: {2}\S.*\n)+)$/m.exec(help) ?? [];
  return section.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

describe('help', () => {
  it('has every command of the program', () => {
    expect(commands.length).toBeGreaterThan(17);
  });

  it.each(commands)('of %s ends with two or three examples, which parse as what they show', async (name, path) => {
    const examples = examplesIn(await helpOf(path));
    expect(examples.length).toBeGreaterThanOrEqual(2);
    expect(examples.length).toBeLessThanOrEqual(3);

    const ofItself = examples.filter((line) => line.includes(name));
    expect(ofItself).not.toEqual([]);
    for (const args of shellWords(examples)) {
      const would = await parsedCommand(args);
      expect(would.split(' ')).toEqual(args.slice(0, would.split(' ').length));
    }
  });

  it('would see an example that does not parse', async () => {
    await expect(parsedCommand(['packages', '--pagesize', '5'])).rejects.toThrow("unknown option '--pagesize'");
    await expect(parsedCommand(['jobs', 'get'])).rejects.toThrow("missing required argument 'token'");
    await expect(parsedCommand(['up', '--port', 'x'])).rejects.toThrow('must be a whole number');
  });

  it('needs the tree of commands alone: nothing else is loaded with the program', () => {
    expect(packagesLoadedBy('lib/systems/cli/main.ts')).toEqual(['commander', 'node:module']);
  });
});

import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../lib/systems/cli/createProgram.ts';
import { fakeTerminal } from '../support/fakeTerminal.ts';

const page = readFileSync('docs/cli.md', 'utf8');

/** A row of the table of commands: how one is written, and its description. */
function rowsOf(command: Command, path: string): readonly string[] {
  const args = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? ` <${name}>` : ` [${name}]`;
  });
  const own = `| \`${path}${args.join('')}\` | ${command.description()} |`;
  return [own, ...command.commands.flatMap((below) => rowsOf(below, `${path} ${below.name()}`))];
}

function examplesOf(command: Command): readonly string[] {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  const [, section = ''] = /^Examples:\n((?: {2}\S.*\n)+)$/m.exec(help) ?? [];
  return [...section.trim().split('\n'), ...command.commands.flatMap(examplesOf)].map((line) => line.trim());
}

describe('docs/cli.md', () => {
  const program = createProgram(fakeTerminal(), () => undefined);

  it('has every command as it is, and no other', () => {
    const [, section = ''] = /^## Commands\n([\s\S]*?)^```/m.exec(page) ?? [];
    const rows = section
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.replaceAll(/ +/g, ' '));

    expect(rows).toEqual(rowsOf(program, 'rxfan').slice(1));
  });

  it('has the examples of every help, and no other', () => {
    const shown = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, lines]) => lines!.trim().split('\n'));

    expect([...new Set(shown)].sort()).toEqual([...new Set(examplesOf(program))].sort());
  });
});

import { Command, Option } from 'commander';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../lib/systems/cli/commandLine.ts';
import { printCompletion, type Shell } from '../../../lib/systems/cli/completion/printCompletion.ts';
import { createProgram } from '../../../lib/systems/cli/createProgram.ts';
import { fakeTerminal } from '../../support/fakeTerminal.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** Words of a command line as they stand before the cursor, the last one begun. */
type Typed = readonly string[];
/** What a shell offers for each command line. */
type Ask = (script: string, lines: readonly Typed[], folder: string) => readonly (readonly string[])[];

const quoted = (words: Typed) => words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
const sorted = (words: readonly string[]) => [...new Set(words)].sort();

/** Runs a script of a shell that ends what it says of each line with one of its own. */
function said(shell: string, args: readonly string[], cwd: string): readonly (readonly string[])[] {
  const out = execFileSync(shell, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return out
    .split('== end\n')
    .slice(0, -1)
    .map((lines) => sorted(lines.split('\n').filter((line) => line !== '')));
}

/** As readline does, a word of `=` or `:` stands by itself. */
const inReadline = (typed: Typed) =>
  typed.flatMap((word) => (word === '' ? [''] : (word.match(/[=:]+|[^=:]+/g) ?? [])));

const SHELLS: Readonly<Record<Shell, Ask>> = {
  bash: (script, lines, folder) => {
    const asked = lines.map(inReadline).map(
      (words) => `COMP_WORDS=(${quoted(words)}); COMP_CWORD=${words.length - 1}; _rxfan
        for found in "\${COMPREPLY[@]}"; do echo "$found"; done; echo '== end'`,
    );
    return said('bash', ['--norc', '-c', `${script}\n${asked.join('\n')}`], folder);
  },
  zsh: (script, lines, folder) => {
    const shown = `compdef() { :; }; _files() { print -l -- *(N); }; _describe() { print -l -- \${\${(P)2}%%:*}; }`;
    const asked = lines.map((words) => `words=(${quoted(words)}); CURRENT=${words.length}; _rxfan; print -- '== end'`);
    const begun = (found: readonly string[], i: number) => found.filter((word) => word.startsWith(lines[i]!.at(-1)!));
    return said('zsh', ['-f', '-c', `${shown}\n${script}\n${asked.join('\n')}`], folder).map(begun); // as _describe does
  },
  fish: (script, lines, folder) => {
    const asked = lines.map((words) => `complete -C '${words.join(' ')}'; echo '== end'`);
    const found = said('fish', ['--no-config', '-c', `${script}\n${asked.join('\n')}`], folder);
    return found.map((words) => words.map((word) => word.replace(/\t.*/, '')));
  },
};

const present = (shell: string) => spawnSync(shell, ['-c', 'exit']).status === 0;

async function scriptOf(shell: Shell): Promise<string> {
  const terminal = fakeTerminal();
  expect(await runCommandLine(['completion', shell], terminal)).toBe(0);
  return terminal.out();
}

/** Every command with what may follow it, as its own help has it. */
function placesBelow(command: Command, path: Typed): readonly { readonly path: Typed; readonly command: Command }[] {
  return [{ path, command }, ...command.commands.flatMap((below) => placesBelow(below, [...path, below.name()]))];
}

describe.each(Object.entries(SHELLS) as [Shell, Ask][])('completion for %s', (shell, ask) => {
  const isPresent = process.env['REQUIRE_SHELLS'] === '1' || present(shell);
  if (!isPresent) console.log(`skipped: there is no ${shell} here to ask for completions`);

  it.skipIf(!isPresent)('offers the commands and the options of every command', async () => {
    const places = placesBelow(
      createProgram(fakeTerminal(), () => undefined),
      ['rxfan'],
    );
    const script = await scriptOf(shell);
    const options = ask(
      script,
      places.map(({ path }) => [...path, '--']),
      temporaryFolder(),
    );
    const commands = ask(
      script,
      places.map(({ path }) => [...path, '']),
      temporaryFolder(),
    );

    expect(places.length).toBeGreaterThan(18);
    places.forEach(({ path, command }, i) => {
      const long = command.options.map((option) => option.long!);
      const below = command.commands.map((subcommand) => subcommand.name());
      const choices = command.registeredArguments[0]?.argChoices ?? [];
      const files = command.registeredArguments[0]?.name() === 'folder'; // of which there are none
      expect([path, options[i]]).toEqual([path, sorted(['--help', ...long])]);
      expect([path, commands[i]]).toEqual([
        path,
        files
          ? []
          : sorted([...below, ...(command.helpInformation().includes('help [command]') ? ['help'] : []), ...choices]),
      ]);
    });
  });

  it.skipIf(!isPresent)('goes by what has been typed', async () => {
    const folder = temporaryFolder({ 'rxfan.config.yaml': '', 'a file': '' });
    const table: readonly (readonly [Typed, readonly string[]])[] = [
      [['rxfan', 'ca'], ['catalogue']],
      [['rxfan', 'jobs', 's'], ['start']],
      [['rxfan', 'jobs', '--config', 'jobs', 'l'], ['list']],
      [['rxfan', 'jobs', 'start', 'jobs', ''], []],
      [['rxfan', 'jobs', 'start', '--server', 'http://127.0.0.1:80', '--wa'], ['--wait']],
      [['rxfan', 'completion', 'z'], ['zsh']],
      [['rxfan', 'completion', 'zsh', ''], []],
      [['rxfan', 'packages', '--config', 'rx'], ['rxfan.config.yaml']],
      [['rxfan', 'packages', '--page-size', ''], []],
      [['rxfan', 'nothing', 'of', '--ours', 'x'], []],
    ];
    const found = ask(
      await scriptOf(shell),
      table.map(([typed]) => typed),
      folder,
    );

    expect(table.map(([typed], i) => [typed, found[i]])).toEqual(table);
  });

  it.skipIf(!isPresent)('offers what an option may be, and takes any description', async () => {
    const program = new Command('rxfan').addCommand(
      new Command('list')
        .description('it\'s `the` $(list): \\ "all" %s')
        .addOption(new Option('-s, --state <state>', "a state: 'queued', $HOME").choices(['queued', 'running'])),
    );
    const terminal = fakeTerminal();
    await printCompletion(shell, program, terminal);
    const lines = [
      ['rxfan', 'l'],
      ['rxfan', 'list', '--s'],
      ['rxfan', 'list', '--state', 'r'],
      ['rxfan', 'list', '-s', ''],
    ];

    expect(ask(terminal.out(), lines, temporaryFolder())).toEqual([
      ['list'],
      ['--state'],
      ['running'],
      ['queued', 'running'],
    ]);
  });
});

describe('completion for bash', () => {
  it('knows an option and its value where they are one word, and names of files with spaces', async () => {
    const folder = temporaryFolder({ 'a file.yaml': '', 'other.yaml': '' });
    const lines = [
      ['rxfan', 'packages', '--config=a'],
      ['rxfan', 'packages', '--config='],
    ];

    expect(SHELLS.bash(await scriptOf('bash'), lines, folder)).toEqual([
      ['a file.yaml'],
      ['a file.yaml', 'other.yaml'],
    ]);
  });
});

describe('rxfan completion', () => {
  it('refuses a shell that it does not know', async () => {
    const terminal = fakeTerminal();
    expect(await runCommandLine(['completion', 'tcsh'], terminal)).toBe(2);
    expect(terminal.err()).toMatch(/Allowed choices are bash, zsh, fish/);
  });
});

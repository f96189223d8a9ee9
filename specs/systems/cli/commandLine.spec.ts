import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../lib/systems/cli/commandLine.ts';
import { fakeTerminal, type FakeTerminalOptions } from '../../support/fakeTerminal.ts';

let folder: string;
let config: string;

/** A Helm index with charts `chart-00`, `chart-01` and so on. */
const helmIndex = (charts: number) =>
  `apiVersion: v1\nentries:\n${Array.from({ length: charts }, (_, i) => {
    const name = `chart-${String(i).padStart(2, '0')}`;
    return `  ${name}:\n    - { name: ${name}, version: 1.${i}.0, description: "number ${i}" }\n`;
  }).join('')}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rxfan-cli-'));
  config = await file(
    'rxfan.yaml',
    'sources: [{ type: helm, name: charts, file: index.yaml }, { type: dpkg, statusFile: status }]\n',
  );
  await file('index.yaml', helmIndex(30));
  await file('status', 'Package: bash\nStatus: install ok installed\nVersion: 5.2\nDescription: the shell\n\n');
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

async function run(args: readonly string[], options: FakeTerminalOptions = {}) {
  const terminal = fakeTerminal({ ...options, env: { XDG_STATE_HOME: join(folder, 'state'), ...options.env } });
  const code = await runCommandLine(args, terminal);
  return { code, out: terminal.out(), err: terminal.err(), lines: terminal.out().split('\n').slice(0, -1) };
}

const packages = (args: readonly string[] = [], options: FakeTerminalOptions = {}) =>
  run(['packages', '--config', config, ...args], options);

/** The page token in the hint on standard error. */
const hintedToken = (err: string) => /--page-token (\S+)$/m.exec(err)?.[1] ?? '';

describe('rxfan packages', () => {
  it('prints a page as a table, and how to get the next one', async () => {
    const { code, lines, err } = await packages(['--page-size', '2']);

    expect(code).toBe(0);
    expect(lines).toEqual([
      'NAME      VERSION  SOURCE  DESCRIPTION',
      'bash      5.2      dpkg    the shell',
      'chart-00  1.0.0    charts  number 0',
    ]);
    expect(err).toMatch(
      new RegExp(`^next page: rxfan packages --config ${config} --page-size 2 --page-token [\\w-]+\n$`),
    );
  });

  it('goes on from the token of another run, whose key it has kept for its owner alone', async () => {
    const first = await packages(['--page-size', '2']);
    const second = await packages(['--page-size', '3', '--page-token', hintedToken(first.err)]);

    expect(second.lines.slice(1).map((line) => line.split(' ')[0])).toEqual(['chart-01', 'chart-02', 'chart-03']);
    const key = join(folder, 'state', 'rxfan', 'page-token-key');
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    expect(second.out + second.err).not.toContain((await readFile(key, 'utf8')).trim().split(':')[1]);
  });

  it('seals with PAGE_TOKEN_KEYS where it is set, and makes no key of its own', async () => {
    const env = { PAGE_TOKEN_KEYS: 'k1:a secret of the spec', XDG_STATE_HOME: join(folder, 'unused') };
    const first = await packages(['--page-size', '2'], { env });
    const second = await packages(['--page-token', hintedToken(first.err)], { env });
    const other = await packages(['--page-token', hintedToken(first.err)]);

    expect(second.code).toBe(0);
    expect(other).toMatchObject({
      code: 1,
      out: '',
      err: 'error: the page token is not valid; start again without one\n',
    });
    await expect(stat(join(folder, 'unused'))).rejects.toThrow('ENOENT');
  });

  it('prints pages as the API answers them with --json', async () => {
    const { lines, err } = await packages(['--json', '--page-size', '2']);

    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toEqual({
      items: [
        { name: 'bash', version: '5.2', source: 'dpkg', description: 'the shell' },
        { name: 'chart-00', version: '1.0.0', source: 'charts', description: 'number 0' },
      ],
      nextPageToken: expect.stringMatching(/^[\w-]+$/),
    });
    expect(err).toBe('');
  });

  it('goes on to the end with --all', async () => {
    const table = await packages(['--all', '--page-size', '7']);
    const json = await packages(['--all', '--page-size', '7', '--json']);
    const pages = json.lines.map((line) => JSON.parse(line));

    expect(table.lines).toHaveLength(32);
    expect(pages.map(({ items }) => items.length)).toEqual([7, 7, 7, 7, 3]);
    expect(pages.at(-1).nextPageToken).toBe('');
    expect([table.code, table.err]).toEqual([0, '']);
  });

  it('shows progress on a terminal, and clears it', async () => {
    const { err } = await packages(['--all', '--page-size', '20'], { showsProgress: true });

    expect(err).toContain('reading the lists, 0 of 2: waiting for charts, dpkg …');
    expect(err).toContain('20 packages …');
    expect(err.endsWith('\r\u001b[K')).toBe(true);
  });

  it('narrows by --query and --source', async () => {
    const query = await packages(['--query', 'NUMBER 1', '--page-size', '3']);
    const source = await packages(['--source', 'dpkg']);
    const unknown = await packages(['--source', 'dpkh']);

    expect(query.lines.slice(1).map((line) => line.split(' ')[0])).toEqual(['chart-01', 'chart-10', 'chart-11']);
    expect(query.err).toContain(`--query 'NUMBER 1'`);
    expect(source.lines).toHaveLength(2);
    expect(unknown).toMatchObject({ code: 2, out: '', err: 'error: there is no source "dpkh"; known: charts, dpkg\n' });
  });

  it('cuts descriptions to the width of a terminal', async () => {
    const { lines } = await packages(['--source', 'dpkg'], { columns: 40 });

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  it('leaves out a source that fails, with a warning; with --all that is a failure', async () => {
    const broken = await file(
      'broken.yaml',
      'sources: [{ type: helm, name: charts, file: index.yaml }, { type: dpkg, statusFile: cut }]\n',
    );
    await file('cut', 'Package: bash\nno colon here\n');

    const page = await run(['packages', '--config', broken, '--page-size', '1']);
    const whole = await run(['packages', '--config', broken, '--all']);

    expect(page.code).toBe(0);
    expect(page.err).toMatch(/^warning: dpkg is missing from this list: source dpkg: .*cut:2: .*$/m);
    expect(whole.code).toBe(1);
    expect(whole.lines).toHaveLength(31);
    expect(whole.err).toMatch(/^error: source dpkg: .*cut:2: /m);
  });

  it('stops without a word when its reader leaves', async () => {
    expect(await packages(['--all', '--page-size', '1'], { reads: 3 })).toMatchObject({ code: 0, err: '' });
  });

  it('H8 lets no name or description steer the terminal or pass for another line', async () => {
    const evil = await file('evil.yaml', 'sources: [{ type: helm, name: charts, file: evil-index.yaml }]\n');
    await file(
      'evil-index.yaml',
      'entries:\n  a:\n    - { name: a, version: "1", description: "x\\e[2Jy\\u202ez\\u2028end" }\n',
    );

    const { lines, out } = await run(['packages', '--config', evil]);

    expect(lines).toHaveLength(2);
    expect(out).toContain(String.raw`x\u001b[2Jy\u202ez`);
    // eslint-disable-next-line no-control-regex -- these must not come through
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
  });

  it('says so when its key cannot be kept, and works all the same', async () => {
    const blocked = join(folder, 'blocked');
    await writeFile(blocked, 'a file, where a folder should be');

    const { code, lines, err } = await packages(['--page-size', '1'], { env: { XDG_STATE_HOME: blocked } });

    expect([code, lines.length]).toEqual([0, 2]);
    expect(err).toMatch(/warn the key of your page tokens cannot be kept/);
  });

  it('warns when others may read its key', async () => {
    const state = join(folder, 'open state');
    await mkdir(join(state, 'rxfan'), { recursive: true });
    await writeFile(join(state, 'rxfan', 'page-token-key'), 'kept:a secret of the spec\n');
    await chmod(join(state, 'rxfan', 'page-token-key'), 0o644);

    const { code, err } = await packages(['--page-size', '1'], { env: { XDG_STATE_HOME: state } });

    expect(code).toBe(0);
    expect(err).toMatch(/others may read the key of your page tokens; chmod 600 it path=/);
  });
});

describe('rxfan, misused', () => {
  it.each([
    [['packages', '--limt', '3'], /unknown option '--limt'/],
    [['packages', '--page-sze', '3'], /Did you mean --page-size\?/],
    [['pakages'], /unknown command 'pakages'.*Did you mean packages\?/s],
    [['packages', '--page-size', '-1'], /'--page-size <n>' argument '-1' is invalid. It must be a whole number/],
    [['packages', '--page-size', '1e3'], /is invalid/],
    [['packages', 'extra'], /too many arguments/],
    [['up', '--port', '65536'], /'--port <n>' argument '65536' is invalid/],
    [[], /Usage: rxfan/],
  ])('answers %j with exit code 2 and what is wrong', async (args, message) => {
    const { code, err, out } = await run(args);

    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(out).toBe('');
  });

  it('answers a bad configuration with exit code 2 and every problem', async () => {
    const bad = await file('bad.yaml', 'timeoutMs: x\nsourcs: []\n');

    const { code, err, out } = await run(['packages', '--config', bad]);

    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')).toEqual([
      `error: ${bad}:1: /timeoutMs must be a whole number from 1 to 86400000, not "x"`,
      `error: ${bad}:2: /sourcs is not known here; did you mean sources?`,
      '',
    ]);
  });

  it('answers a bad environment with exit code 2 and the name of the variable', async () => {
    const { code, err } = await run(['up'], { env: { PORT: 'http' } });

    expect([code, err]).toEqual([2, 'error: PORT must be a whole number from 1 to 65535, not "http"\n']);
  });

  it('prints help and version on standard output', async () => {
    expect(await run(['--version'])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    expect(await run(['help'])).toMatchObject({ code: 0, err: '' });
    expect((await run(['packages', '--help'])).out).toMatch(/--page-token <token>/);
  });
});

describe('rxfan catalogue', () => {
  it.each(['catalogue', 'up'])('serves as `%s` until it is told to stop', async (command) => {
    const terminal = fakeTerminal();
    const ended = runCommandLine([command, '--config', config, '--port', '0'], terminal);
    const [line, url] = await terminal.says(/^rxfan is ready at (http:\S+)\n$/);

    expect(line).toBe(terminal.out());
    expect((await fetch(new URL('/readyz', url))).status).toBe(200);
    const { items } = (await (await fetch(new URL('/v1/packages?pageSize=1', url))).json()) as { items: unknown };
    expect(items).toEqual([{ name: 'bash', version: '5.2', source: 'dpkg', description: 'the shell' }]);

    terminal.stop();
    expect(await ended).toBe(0);
    await expect(fetch(url!)).rejects.toThrow();
    expect(terminal.exits).toEqual([]);
  });

  it('tells which port is in use, and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;

    const { code, err } = await run(['up', '--config', config], { env: { PORT: String(port) } });

    expect(code).toBe(1);
    expect(err).toContain(
      `error: port ${port} on 127.0.0.1 is in use: stop the program that listens there, or choose another port\n`,
    );
    server.close();
  });

  it('warns that tokens end with the process when no key is set', async () => {
    const terminal = fakeTerminal();
    const ended = runCommandLine(['up', '--config', config, '--port', '0'], terminal);
    await terminal.says(/ready/);
    terminal.stop();
    await ended;

    expect(terminal.err()).toMatch(/^\S+Z warn no key for page tokens is configured/m);
  });
});

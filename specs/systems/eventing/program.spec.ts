import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../lib/systems/cli/commandLine.ts';
import { fakeTerminal } from '../../support/fakeTerminal.ts';
import { killPrograms, startProgram, type Program } from '../../support/program.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

afterEach(killPrograms);

const newFolder = () => temporaryFolder({ 'c.yaml': 'sources: []\n' });
const run = (cwd: string, ...args: readonly string[]) =>
  startProgram(args, { cwd, env: { XDG_STATE_HOME: join(cwd, 's') } });
/** The same within this process, which is quicker: what it ends with. */
const inside = async (cwd: string, ...args: readonly string[]) => {
  const terminal = fakeTerminal({ env: { XDG_STATE_HOME: join(cwd, 's') } });
  return { code: await runCommandLine(args, terminal), out: terminal.out(), err: terminal.err() };
};
const greet = (cwd: string, data: string, ...more: readonly string[]) =>
  inside(cwd, 'submit', 'demo.greet', '--data', data, ...more);
const startUp = async (cwd: string): Promise<Program> => {
  const up = run(cwd, 'up', '--config', 'c.yaml', '--port', '0');
  await up.ready();
  return up;
};

/** A daemon of this process, which has no server. */
function startInside(cwd: string) {
  const terminal = fakeTerminal({ env: { XDG_STATE_HOME: join(cwd, 's') } });
  return { terminal, code: runCommandLine(['daemon', '--server', 'http://127.0.0.1:1'], terminal) };
}

/** Says so in one line. */
function cannotBeAnother(): boolean {
  if (process.getuid?.() === 0 && existsSync('/usr/bin/setpriv')) return false;
  console.info('the spec of other users at the daemon is skipped: only root can be somebody else, with setpriv');
  return true;
}

describe('rxfan up', () => {
  it('carries out commands, which rxfan submit sends and waits for', async () => {
    const folder = newFolder();
    const up = await startUp(folder);
    const server = ['--server', up.url()];
    const good = run(folder, 'submit', 'demo.greet', '--data', '{"name":"Ada"}', '--wait', ...server);

    const [bad, wrong, accepted] = await Promise.all([
      greet(folder, '{"name":""}', '--wait', ...server),
      greet(folder, '{"name":7}', '--wait', ...server),
      greet(folder, '{"name":"Eve"}', '--key', 'k1', ...server),
    ]);

    expect([(await good.ended).code, bad.code, wrong.code, accepted.code]).toEqual([0, 1, 1, 0]);
    expect(JSON.parse(good.out())).toMatchObject({ command: 'demo.greet', state: 'succeeded' });
    expect(JSON.parse(bad.out)).toMatchObject({ state: 'failed', error: { code: 'refused' } });
    expect(wrong.err).toBe('error: the server refused: the body: /name must be string, not 7 (invalid_body)\n');
    expect(JSON.parse(accepted.out)).toMatchObject({ id: expect.any(String) });

    const shown = fakeTerminal({ env: { XDG_STATE_HOME: join(folder, 's') }, showsProgress: true });
    await runCommandLine(['submit', 'demo.greet', '--data', '{"name":"Ida"}', '--wait', ...server], shown);
    expect(shown.err()).toMatch(/waiting until demo.greet is accepted ….*outcome of demo.greet, operation \S+ …/s);
    const api = (await (await fetch(`${up.url()}openapi.json`)).json()) as { paths: object };
    expect(Object.keys(api.paths)).toEqual(
      expect.arrayContaining(['/v1/commands/{name}', '/v1/stream', '/v1/jobs', '/v1/packages']),
    );
    up.child.kill('SIGTERM');
    expect(await up.ended).toEqual({ code: 0, signal: null });
  });
});

describe('rxfan daemon', () => {
  it('is asked by rxfan submit, stays while its server goes, and is left alone by a second one', async () => {
    const folder = newFolder();
    const up = await startUp(folder);
    const daemon = run(folder, 'daemon', '--server', up.url());
    await daemon.ready();
    const path = join(folder, 's', 'rxfan', 'daemon.sock');
    expect(daemon.out()).toBe(`rxfan is ready at ${path}\n`);
    expect([statSync(path).mode & 0o777, statSync(join(path, '..')).mode & 0o777]).toEqual([0o600, 0o700]);
    await expect.poll(daemon.err).toContain('state="connected"');

    const own = run(folder, 'submit', 'demo.greet', '--data', '{"name":"1"}', '--wait');
    const [second, fails, ...greets] = await Promise.all([
      inside(folder, 'daemon', '--server', up.url()),
      greet(folder, '{"name":""}', '--wait'),
      ...[2, 3].map((n) => greet(folder, `{"name":"${n}"}`, '--wait')),
    ]);
    expect([(await own.ended).code, ...greets.map(({ code }) => code)]).toEqual([0, 0, 0]);
    expect(fails.code).toBe(1);
    expect(second.code).toBe(1);
    expect(second.err).toContain('another program listens on');

    up.child.kill('SIGKILL');
    await expect.poll(daemon.err).toContain('state="disconnected"');
    const late = await greet(folder, '{"name":"x"}', '--wait', '--timeout', '1');
    expect(late.code).toBe(3);
    expect(late.err).toMatch(
      /^error: demo.greet was not accepted within 1 s: cannot reach .*upstream_unreachable\)\n$/,
    );

    daemon.child.kill('SIGTERM');
    expect(await daemon.ended).toEqual({ code: 0, signal: null });
    expect(existsSync(path)).toBe(false);
  });

  it('takes the place of one that was killed', async () => {
    const folder = newFolder();
    const first = run(folder, 'daemon', '--server', 'http://127.0.0.1:1');
    await first.ready();
    first.child.kill('SIGKILL');
    await first.ended;
    expect(existsSync(join(folder, 's', 'rxfan', 'daemon.sock'))).toBe(true);

    const second = startInside(folder);
    await expect.poll(second.terminal.out).toContain('ready');
    second.terminal.stop();
    expect(await second.code).toBe(0);
  });

  it.skipIf(cannotBeAnother())('refuses other users', async () => {
    const folder = newFolder();
    const daemon = startInside(folder);
    await expect.poll(daemon.terminal.out).toContain('ready');
    const path = join(folder, 's', 'rxfan', 'daemon.sock');
    const ask = `require('net').connect(${JSON.stringify(path)}).on('error', (e) => console.log(e.code))`;
    const { stdout } = spawnSync('/usr/bin/setpriv', ['--reuid=65534', '--clear-groups', process.execPath, '-e', ask], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('EACCES\n');
    daemon.terminal.stop();
    expect(await daemon.code).toBe(0);
  });
});

describe('rxfan events', () => {
  it.each([
    [['events', 'api'], {}, /the transport memory is of one process/],
    [['events', 'consume'], {}, /the transport memory is of one process/],
    [['events', 'redrive', 'demo.commands'], {}, /the transport memory is of one process/],
    [['events', 'api'], { EVENTS_TRANSPORT: 'kafka' }, /EVENTS_TRANSPORT must be one of memory, rabbitmq, not "kafka"/],
    [['events', 'api'], { EVENTS_TRANSPORT: 'rabbitmq' }, /needs AMQP_URL/],
    [['events', 'api'], { EVENTS_TRANSPORT: 'rabbitmq', AMQP_URL: 'amqp://u:tomato@', AMQP_URL_FILE: 'x' }, /both set/],
    [['events', 'api'], { EVENTS_TRANSPORT: 'rabbitmq', AMQP_URL_FILE: '/none/such' }, /cannot be read \(ENOENT\)/],
    [['events', 'api'], { EVENTS_TRANSPORT: 'rabbitmq', AMQP_URL: 'http://u:tomato@x' }, /events: /],
    [['submit', 'a.b', '--data', '{'], {}, /--data must be JSON/],
    [['submit', 'a.b', '--timeout', '0'], {}, /whole number from 1/],
    [['submit', 'a.b', '--server', 'ftp://x'], {}, /--server must be an http/],
  ] as const)('J8 H8 %j with %j is refused with 2, and shows no secret', async (args, env, says) => {
    const cwd = newFolder();
    const terminal = fakeTerminal({ env: { XDG_STATE_HOME: join(cwd, 's'), ...env } });
    const file = args[0] === 'submit' ? [] : ['--config', join(cwd, 'c.yaml')];

    expect(await runCommandLine([...args, ...file], terminal)).toBe(2);

    expect(terminal.err()).toMatch(says);
    expect(terminal.err()).not.toMatch(/tomato| {4}at /);
  });
});

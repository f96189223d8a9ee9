import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../lib/systems/cli/commandLine.ts';
import { fakeTerminal } from '../../support/fakeTerminal.ts';
import { startJobs, testKinds, type TestJobs, type TestKinds } from '../../support/jobs.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

let server: TestJobs;
let test: TestKinds;

beforeAll(async () => {
  test = testKinds();
  server = await startJobs({ kinds: test.kinds });
});
afterAll(async () => {
  await server.jobs.stop({ mode: 'abort', deadlineMs: 1_000 });
  await server.stop({ deadlineMs: 0 });
});

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const terminal = fakeTerminal({ env });
  const code = await runCommandLine(['jobs', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}
const jobs = (...args: readonly string[]) => run([...args, '--server', server.url]);

describe('rxfan jobs, as a client', () => {
  it('starts a job and prints it', async () => {
    const { code, out, err } = await jobs('start', 'told', '--data', '{"a":1}');

    expect([code, err]).toEqual([0, '']);
    expect((await server.get(`/v1/jobs/${JSON.parse(out).id}`)).body.kind).toBe('told');
  });

  it('waits for the end with --wait, and shows what it tells', async () => {
    const done = await jobs('start', 'count', '--data', '{"to":2}', '--wait');
    const failed = await jobs('start', 'refuse', '--wait');

    expect([done.code, JSON.parse(done.out)]).toEqual([
      0,
      expect.objectContaining({ state: 'succeeded', result: { n: 2 } }),
    ]);
    expect([failed.code, JSON.parse(failed.out).error.code]).toEqual([1, 'refused']);
    expect(failed.err).toBe('{"step":1}\n');
  });

  it('shows on a terminal that it waits', async () => {
    const terminal = fakeTerminal({ showsProgress: true });
    await runCommandLine(['jobs', 'start', 'count', '--data', '{"to":1}', '--wait', '--server', server.url], terminal);

    expect(terminal.err()).toMatch(/waiting for the end of count, job [\w-]{22} …/);
    expect(terminal.err().endsWith('\r\u001b[K')).toBe(true);
  });

  it('prints and cancels a job', async () => {
    const token = await server.start('told');

    const before = await jobs('get', token);
    const cancelled = await jobs('cancel', token);

    expect(JSON.parse(before.out)).toMatchObject({ id: token, state: 'running' });
    expect(JSON.parse(cancelled.out)).toMatchObject({ id: token, state: 'cancelled' });
  });

  it('prints a page of jobs, and how to go on', async () => {
    await server.start('echo');
    await server.start('echo');

    const table = await jobs('list', '--kind', 'echo', '--page-size', '1');
    const token = /--page-token (\S+)/.exec(table.err)![1]!;
    const next = await jobs('list', '--kind', 'echo', '--page-token', token, '--json');

    expect(table.out).toMatch(/^ID +STATE +CREATED +KIND\n[\w-]{22} {2}\w+ +\S+Z {2}echo\n$/);
    expect(JSON.parse(next.out)).toMatchObject({ items: [{ kind: 'echo' }], nextPageToken: '' });
  });

  it('finds the server by the configuration', async () => {
    const folder = temporaryFolder({ 'c.yaml': `http: { host: 0.0.0.0, port: ${server.port} }\n` });

    expect(await run(['list', '--config', join(folder, 'c.yaml')])).toMatchObject({ code: 0, err: '' });
    expect((await run(['list'], { PORT: String(server.port) })).code).toBe(0);
  });

  it.each([
    [['start', 'cuont'], 1, /refused: there is no kind of job "cuont"; known: .* \(unknown_kind\)\n$/],
    [['start', 'count'], 1, /the input: \/to must be number, not missing \(invalid_input\)\n$/],
    [['get', 'none'], 1, /there is no such job: .* \(unknown_job\)\n$/],
    [['get', '../../healthz'], 1, /\(unknown_job\)\n$/],
    [['list', '--state', 'done'], 1, /there is no state "done"; known: /],
    [['start', 'count', '--data', '{'], 2, /^error: --data must be JSON, not "\{"\n$/],
    [['start'], 2, /missing required argument 'kind'/],
    [['list', '--sate', 'x'], 2, /unknown option '--sate'/],
    [['lsit'], 2, /too many arguments/],
  ])('answers %j with exit code %i', async (args, code, message) => {
    const answer = await run(args.length > 0 && code === 1 ? [...args, '--server', server.url] : args);

    expect([answer.code, answer.out]).toEqual([code, '']);
    expect(answer.err).toMatch(message);
  });

  it('tells of a server that is none, that is another, or that is not there', async () => {
    const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;

    expect(await run(['list', '--server', 'ftp://x'])).toMatchObject({ code: 2 });
    expect(await run(['list', '--server', `http://127.0.0.1:${port}`])).toMatchObject({ code: 1, err: /not JSON/ });
    await new Promise((resolve) => other.close(resolve));
    const gone = await run(['list', '--server', `http://127.0.0.1:${port}`]);
    expect([gone.code, gone.out]).toEqual([1, '']);
    expect(gone.err).toMatch(/^error: cannot reach http:/);
  });

  it('H8 lets no message steer the terminal', async () => {
    const evil = testKinds().kinds['echo']!;
    const other = await startJobs({
      kinds: {
        evil: { input: evil.input, run: () => [{ text: '\u001b[2J\u202e' }] },
      },
    });

    const { out, err } = await run(['start', 'evil', '--wait', '--server', other.url]);

    // eslint-disable-next-line no-control-regex -- these must not come through
    expect(out + err).not.toMatch(/[\u001b\u202e]/);
    await other.stop({ deadlineMs: 0 });
  });

  it('prints help', async () => {
    expect((await run(['--help'])).out).toMatch(/start \[options\] <kind>/);
    expect((await run(['start', '--help'])).out).toMatch(/--wait/);
  });
});

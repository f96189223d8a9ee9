import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const ROOT = new URL('../../../', import.meta.url).pathname;

beforeAll(() => {
  if (!existsSync(`${ROOT}dist/lib/index.js`)) throw new Error('nothing is built: npm test does that first');
});

/** A program as a user writes it: SIGTERM and SIGINT stop its engine, and the second one ends it as it always does. */
const PROGRAM = `
  import { NEVER, timer } from 'rxjs';
  import { createWorkEngine } from 'rxfan';

  const { deadlineMs, jobs } = JSON.parse(process.argv[1]);
  const engine = createWorkEngine({ topics: ['t'], newToken: () => crypto.randomUUID(), maxRunning: jobs.length });
  engine.attach('t', { id: 'stuck', handle: () => NEVER, retry: { retries: 5, delayMs: 60_000 } });
  engine.attach('t', { id: 'log', handle: () => undefined });
  const runs = { hangs: () => NEVER, waits: () => timer(50), ends: () => [1] };
  for (const kind of jobs) engine.start({ topic: 't', timeoutMs: 3_600_000, run: runs[kind] });

  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => {
      console.log(JSON.stringify({ stopping: true }));
      void engine.stop({ deadlineMs }).then(({ jobs }) => console.log(JSON.stringify({ jobs })));
    });
  }
  setTimeout(() => console.log(JSON.stringify({ ready: true })), 20);
`;

interface Told {
  readonly ready?: true;
  readonly stopping?: true;
  readonly jobs?: Readonly<Record<string, number>>;
}

function start(task: { readonly deadlineMs: number; readonly jobs: readonly string[] }) {
  const args = ['--input-type=module', '-e', PROGRAM, JSON.stringify(task)];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const told: Told[] = [];
  let errors = '';
  child.stderr.on('data', (text) => (errors += String(text)));
  const waiting = new Map<keyof Told, () => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const one = JSON.parse(line) as Told;
    told.push(one);
    for (const what of Object.keys(one)) waiting.get(what as keyof Told)?.();
  });
  return {
    kill: (signal: 'SIGTERM' | 'SIGINT') => child.kill(signal),
    said: (what: keyof Told) => new Promise<void>((resolve) => waiting.set(what, resolve)),
    ended: new Promise<{ code: number | null; signal: string | null; errors: string; told: readonly Told[] }>(
      (resolve) => {
        child.once('close', (code, signal) => resolve({ code, signal, errors, told }));
      },
    ),
  };
}

describe('a program whose engine is stopped by signals', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'W10, W12 leaves by itself, with code 0 and an account (%s)',
    async (signal) => {
      const program = start({ deadlineMs: 100, jobs: ['hangs', 'waits', 'ends', 'ends'] });
      await program.said('ready');
      program.kill(signal);
      const { code, errors, told } = await program.ended;
      expect([code, errors]).toEqual([0, '']);
      expect(told.at(-1)?.jobs).toMatchObject({ started: 4, succeeded: 3, cancelled: 1, queued: 0, running: 0 });
    },
  );

  it('W12 ends at once at the second one', async () => {
    const program = start({ deadlineMs: 3_600_000, jobs: ['hangs'] });
    await program.said('ready');
    program.kill('SIGTERM');
    await program.said('stopping');
    program.kill('SIGTERM');
    const { signal, told } = await program.ended;
    expect(signal).toBe('SIGTERM');
    expect(told.at(-1)).toEqual({ stopping: true });
  });
});

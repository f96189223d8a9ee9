import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, vi } from 'vitest';

const MAIN = new URL('../../dist/lib/systems/cli/main.js', import.meta.url).pathname;
const children = new Set<ChildProcess>();

/** The program as a process of its own. */
export interface Program {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Resolves once it is ready; fails when it has ended before. */
  readonly ready: () => Promise<void>;
  /** The URL that it tells when it is ready. */
  readonly url: () => string;
}

/** Starts the program that `npm run build` has made. */
export function startProgram(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Program {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build makes it, and npm test runs that first`);
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += String(data)));
  child.stderr.on('data', (data) => (err += String(data)));
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('close', (code, signal) => {
      children.delete(child);
      resolve({ code, signal });
    }),
  );
  return {
    child,
    out: () => out,
    err: () => err,
    ended,
    ready: async () => {
      // Not expect.poll(): it may be waited for before the tests.
      await vi.waitFor(() => expect(child.exitCode === null ? out : `ended: ${err}`).toMatch(/ready|ended/), {
        timeout: 20_000,
      });
      expect(out, err).toContain('ready');
    },
    url: () => /http:\S+/.exec(out)?.[0] ?? '',
  };
}

/** Kills what still runs. */
export function killPrograms(): void {
  for (const child of children) child.kill('SIGKILL');
}

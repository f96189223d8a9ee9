import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram, type Program } from '../../../support/program.ts';

/** Jobs of the kind `slow` tell of each step and go on until they are cancelled. */
const JOBS = `
const input = { name: 'anything', decode: (right) => ({ _tag: 'Right', right }) };
export default {
  slow: {
    input,
    async *run(_, { signal }) {
      for (let step = 1; !signal.aborted; step++) {
        yield { step };
        await new Promise((done) => setTimeout(done, 50));
      }
    },
  },
  quick: { input, run: async (given) => given },
};`;

/** Nobody listens at the port of the route `shop`: what it is to send is parked. */
const CONFIG = `
sources: []
jobs: { module: jobs.mjs }
console: { demo: true }
receivers:
  - name: orders
    type: webhook
    routes:
      - { name: log, sender: { type: log } }
      - name: shop
        sender: { type: http, url: 'http://127.0.0.1:1/' }
        retry: { retries: 0 }
        onFailure: park
`;

/** `rxfan up` with something in every view. */
export interface RunningConsole {
  readonly url: string;
  readonly program: Program;
  readonly folder: string;
  ask(method: string, path: string, body?: unknown): Promise<any>;
  /** Ends it, and removes its folder. */
  end(): Promise<void>;
}

export async function startConsole({ config = CONFIG, port = 0, token = '' } = {}): Promise<RunningConsole> {
  const folder = mkdtempSync(join(tmpdir(), 'rxfan-console-'));
  writeFileSync(join(folder, 'jobs.mjs'), JOBS);
  writeFileSync(join(folder, 'c.yaml'), config);
  const args = ['up', '--config', 'c.yaml', '--port', String(port)];
  const program = startProgram(args, { cwd: folder, env: { XDG_STATE_HOME: join(folder, 'state') } });
  await program.ready();
  const url = program.url();

  return {
    url,
    program,
    folder,
    ask: async (method, path, body) => {
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          ...(token !== '' && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return response.json();
    },
    end: async () => {
      program.child.kill('SIGKILL');
      await program.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The same with a token that whoever looks must show. */
export const withToken = (token: string): string => `${CONFIG}adminToken: ${token}\n`;

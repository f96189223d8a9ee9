import { join } from 'node:path';
import { afterAll } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { runCommandLine } from '../../../../lib/systems/cli/commandLine.ts';
import { fakeTerminal, type FakeTerminal } from '../../../support/fakeTerminal.ts';
import { raw } from '../../../support/raw.ts';

/** An answer, with its body as JSON where it is that. */
export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

/** `rxfan observer`, running on a free port. */
export interface RunningObserver {
  readonly url: string;
  readonly port: number;
  readonly terminal: FakeTerminal;
  ask(method: string, path: string, body?: string | object, headers?: Readonly<Record<string, string>>): Promise<Asked>;
  /** Sends what is no form as one: `curl -d`. */
  form(method: string, path: string, fields: string, headers?: Readonly<Record<string, string>>): Promise<Asked>;
  /** Sends bytes, and gives all that comes back. */
  raw(head: string, body?: string | Uint8Array): Promise<string>;
  stop(): Promise<number>;
}

export const TARGET = 'https://app.example.com/wake';
export const ADMIN = 'admin-token-0123456789';

type Env = Readonly<Record<string, string>>;

/** Runs the program, for the rest of the spec file unless it is stopped. */
export async function startObserver(
  env: Env = {},
  options: { readonly file?: object; readonly command?: string } = {},
) {
  const { file = {}, command = 'observer' } = options;
  const folder = mkdtempSync(join(tmpdir(), 'rxfan-specs-'));
  writeFileSync(join(folder, 'env.json'), JSON.stringify(file));
  writeFileSync(join(folder, 'c.yaml'), command === 'up' ? 'sources: []\n' : '');
  const terminal = fakeTerminal({ env: { EnvFile: join(folder, 'env.json'), ...env } });
  const ended = runCommandLine([command, '--config', join(folder, 'c.yaml'), '--port', '0'], terminal);
  const failed = ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${terminal.err()}`)));
  const [, url = ''] = await Promise.race([terminal.says(/(http:\S+)/), failed]);
  failed.catch(() => {});
  const stop = () => {
    terminal.stop();
    return ended;
  };
  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return running(url, terminal, stop);
}

function running(url: string, terminal: FakeTerminal, stop: () => Promise<number>): RunningObserver {
  const port = Number(new URL(url).port);
  const ask: RunningObserver['ask'] = async (method, path, body, headers = {}) => {
    const isText = typeof body === 'string';
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { ...(body !== undefined && !isText && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = (answer.headers.get('content-type') ?? '').includes('json');
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  };
  return {
    url,
    port,
    terminal,
    ask,
    form: (method, path, fields, headers = {}) =>
      ask(method, path, fields, { 'content-type': 'application/x-www-form-urlencoded', ...headers }),
    raw: (head, body = '') => {
      const text = `${head}\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n`;
      const length = body.length > 0 ? `content-length: ${Buffer.byteLength(body)}\r\n` : '';
      return raw(port, Buffer.concat([Buffer.from(`${text}${length}\r\n`), Buffer.from(body)]));
    },
    stop,
  };
}

/** Status and code of an answer as it came over the wire. */
export function said(answer: string): { readonly status: number; readonly code: string | undefined } {
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]), code: /"code":"(\w+)"/.exec(answer)?.[1] };
}

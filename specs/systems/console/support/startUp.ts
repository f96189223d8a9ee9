import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCommandLine } from '../../../../lib/systems/cli/commandLine.ts';
import { fakeTerminal } from '../../../support/fakeTerminal.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { openSse, type SseClient } from '../../../adapters/http/support/sse.ts';

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  /** As JSON, where it is that. */
  readonly body: any;
}

/** `rxfan up`, running on a free port. */
export interface RunningUp {
  readonly url: string;
  readonly port: number;
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Asked>;
  /** Follows the live stream until the test is over. */
  live(query?: string, headers?: Readonly<Record<string, string>>): Promise<SseClient>;
  stop(): Promise<number>;
}

/** Runs the program in a folder of its own, for the rest of the test. */
export async function startUp(config: object = {}, { host = '127.0.0.1' } = {}): Promise<RunningUp> {
  const folder = temporaryFolder({});
  writeFileSync(join(folder, 'c.yaml'), JSON.stringify({ sources: [], ...config }));
  const terminal = fakeTerminal();
  const ended = runCommandLine(['up', '--config', join(folder, 'c.yaml'), '--host', host, '--port', '0'], terminal);
  const failed = ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${terminal.err()}`)));
  const [, told = ''] = await Promise.race([terminal.says(/(http:\S+)/), failed]);
  failed.catch(() => {});
  const port = Number(new URL(told).port);
  const url = `http://127.0.0.1:${port}/`;
  const stop = () => {
    terminal.stop();
    return ended;
  };
  onTestFinished(async () => {
    await stop();
  });
  return {
    url,
    port,
    stop,
    async ask(method, path, body, headers = {}) {
      const isText = typeof body === 'string';
      const answer = await fetch(new URL(path, url), {
        method,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const isJson = (answer.headers.get('content-type') ?? '').includes('json');
      return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
    },
    async live(query = '', headers = {}) {
      const client = await openSse(new URL(`/v1/console/live${query}`, url).href, undefined, headers);
      onTestFinished(() => client.leave());
      return client;
    },
  };
}

import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCommandLine } from '../../../../lib/systems/cli/commandLine.ts';
import { fakeTerminal, type FakeTerminal } from '../../../support/fakeTerminal.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

/** `rxfan route`, running on a free port. */
export interface RunningRoute {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly terminal: FakeTerminal;
  /** Asks over HTTP: a body is sent as JSON. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Asked>;
  /** Posts an event to a webhook, and gives the status. */
  send(path: string, payload: unknown, id?: string): Promise<number>;
  /** What `/v1/receivers` says of a route. */
  route(receiver: string, route: string): Promise<any>;
  /** Asks it to stop, as a signal does, and gives the exit code. */
  stop(): Promise<number>;
}

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

/** Runs the program with a configuration (YAML, or data) in a folder of its own. */
export async function startRoute(
  config: string | object,
  options: { readonly command?: string } = {},
): Promise<RunningRoute> {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  const folder = temporaryFolder({ 'c.yaml': text });
  const terminal = fakeTerminal();
  const { command = 'route' } = options;
  const ended = runCommandLine([command, '--config', join(folder, 'c.yaml'), '--port', '0'], terminal);
  const failed = ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${terminal.err()}`)));
  const [, url] = await Promise.race([terminal.says(/(http:\S+)/), failed]);
  failed.catch(() => {});
  const stop = () => {
    terminal.stop();
    return ended;
  };
  onTestFinished(async () => {
    await stop();
  });

  const ask: RunningRoute['ask'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answered = await answer.text();
    return { status: answer.status, headers: answer.headers, body: answered === '' ? undefined : JSON.parse(answered) };
  };

  return {
    url: url!,
    port: Number(new URL(url!).port),
    folder,
    terminal,
    ask,
    stop,
    send: async (path, payload, id) => (await ask('POST', path, payload, id ? { 'idempotency-key': id } : {})).status,
    route: async (receiver, route) => {
      const { body } = await ask('GET', '/v1/receivers');
      return body.receivers
        .find(({ name }: { name: string }) => name === receiver)
        ?.routes.find(({ name }: { name: string }) => name === route);
    },
  };
}

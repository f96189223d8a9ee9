import { once } from 'node:events';
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Certificate } from './certificate.ts';

/** A queue as the fake has it. */
export interface FakeQueue {
  readonly name: string;
  readonly depth?: number;
  /** Default: `local`. */
  readonly type?: string;
  /** How it was made. Default: `predefined`. */
  readonly definition?: string;
}

/** A REST server of IBM MQ with queue managers, as the reference of the administrative REST API describes it. */
export interface FakeIbmMq {
  readonly url: string;
  /** The managers by their names; change them at will. */
  readonly managers: Map<string, readonly FakeQueue[]>;
  /** How often each manager was asked, refused requests included. */
  readonly calls: ReadonlyMap<string, number>;
  /** The targets of the requests, as they came. */
  readonly targets: readonly string[];
  /** Answers in its own way from now on. */
  respond: ((response: ServerResponse) => void) | undefined;
}

/** How {@link fakeIbmMq} is set up. */
export interface FakeIbmMqOptions {
  /** Who may ask. Default: mqreader, with the password secret. */
  readonly user?: string;
  readonly password?: string;
  /** Default: plain HTTP. */
  readonly certificate?: Certificate;
}

/** Opens one for a test. */
export async function fakeIbmMq(
  managers: Readonly<Record<string, readonly FakeQueue[]>>,
  { user = 'mqreader', password = 'secret', certificate }: FakeIbmMqOptions = {},
): Promise<FakeIbmMq> {
  const calls = new Map<string, number>();
  const targets: string[] = [];
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const target = request.url ?? '';
    targets.push(target);
    const [, version = '', name = '', resource = ''] =
      /\/ibmmq\/rest\/(v1|v3)\/admin\/(?:action\/)?qmgr\/([^/.]+)\/(queue|mqsc)/.exec(target) ?? [];
    const manager = decodeURIComponent(name);
    calls.set(manager, (calls.get(manager) ?? 0) + 1);

    if (request.headers.authorization !== authorization) return refusal(401, 'MQWB0104E');
    const queues = fake.managers.get(manager);
    if (!queues) return refusal(404, 'MQWB0009E');
    if (version === 'v1' && resource === 'queue' && request.method === 'GET') {
      const status = new URL(target, 'http://fake').searchParams.get('status') === 'status.currentDepth';
      return [200, { queue: queues.map((queue) => inVersion1(queue, status)) }];
    }
    // Whatever is sent as a command must show that it was not forged by a page in somebody's browser.
    if (version !== 'v3' || resource !== 'mqsc' || request.method !== 'POST') return refusal(404, 'MQWB0001E');
    if (request.headers['ibm-mq-rest-csrf-token'] === undefined) return refusal(403, 'MQWB0106E');
    const command = JSON.parse(await text(request)) as { readonly qualifier: string; readonly type: string };
    if (command.type !== 'runCommandJSON' || command.qualifier !== 'qlocal') return refusal(400, 'MQWB0120E');
    return [200, mqscAnswer(queues.filter(({ type = 'local' }) => type === 'local'))];
  };

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    void answer(request).then(([status, body]) => {
      if (fake.respond) fake.respond(response);
      else response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    });
  };
  const server = certificate ? createSecure(certificate, handle) : createPlain(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const fake: FakeIbmMq = {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`,
    managers: new Map(Object.entries(managers)),
    calls,
    targets,
    respond: undefined,
  };
  return fake;
}

/** Only a local queue has a status; a model queue makes dynamic ones. */
function inVersion1(
  { name, depth = 0, type = 'local', definition = 'predefined' }: FakeQueue,
  status: boolean,
): object {
  const local = type === 'local';
  return {
    name,
    type,
    ...(local && status && { status: { currentDepth: depth } }),
    ...(local && definition !== 'predefined' && { dynamic: { type: definition } }),
    ...(type === 'model' && { model: { type: 'permanentDynamic' } }),
  };
}

function mqscAnswer(queues: readonly FakeQueue[]): object {
  const commandResponse = queues.map(({ name, depth = 0, definition = 'predefined' }) => ({
    completionCode: 0,
    reasonCode: 0,
    parameters: { queue: name, type: 'qlocal', curdepth: depth, deftype: MQSC_DEFINITION[definition] ?? definition },
  }));
  return queues.length > 0
    ? { overallCompletionCode: 0, overallReasonCode: 0, commandResponse }
    : {
        overallCompletionCode: 2,
        overallReasonCode: 3008,
        commandResponse: [{ completionCode: 2, reasonCode: 2085, message: ['AMQ8147E: IBM MQ object * not found.'] }],
      };
}

const MQSC_DEFINITION: Readonly<Record<string, string>> = { permanentDynamic: 'permdyn', temporaryDynamic: 'tempdyn' };

type Reply = readonly [status: number, body: object];

function refusal(status: number, msgId: string): Reply {
  return [status, { error: [{ type: 'rest', msgId, message: `${msgId}: refused`, action: '', explanation: '' }] }];
}

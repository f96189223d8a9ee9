import * as t from 'io-ts';
import { Observable, Subject, type Subscription } from 'rxjs';
import { createMemoryBroker } from '../../lib/adapters/memory/createMemoryBroker.ts';
import { serve, type Serving } from '../../lib/adapters/http/serve.ts';
import { RefusedError } from '../../lib/contracts/failure.ts';
import type { Transport } from '../../lib/contracts/transport.ts';
import { createBus } from '../../lib/core/events/createBus.ts';
import { defineCommand } from '../../lib/core/events/defineCommand.ts';
import { defineEvent } from '../../lib/core/events/defineEvent.ts';
import { defineMessages } from '../../lib/core/events/defineMessages.ts';
import {
  createServiceApi,
  type ServiceApi,
  type ServiceApiOptions,
} from '../../lib/systems/eventing/createServiceApi.ts';
import { createServiceConsumer, type ServiceConsumer } from '../../lib/systems/eventing/createServiceConsumer.ts';
import { eventingApp, type EventingAppOptions } from '../../lib/systems/eventing/eventingApp.ts';
import { newId } from '../../lib/adapters/node/newId.ts';
import type { Service } from '../../lib/systems/eventing/service.ts';
import { openSocket, type SocketClient } from '../adapters/http/support/socket.ts';
import { openSse, type SseClient } from '../adapters/http/support/sse.ts';
import type { Answer } from './catalogue.ts';
import { testSealer } from './jobs.ts';

const Text = t.strict({ text: t.string }, 'a text');

export const Echo = defineCommand('test.echo', Text);
export const Fail = defineCommand('test.fail', Text);
export const Hold = defineCommand('test.hold', t.strict({}, 'nothing'));
export const Echoed = defineEvent('test.echoed', Text);
export const Other = defineEvent('test.other', Text);

/** A service whose held commands end when the spec says so. */
export interface TestService {
  readonly service: Service;
  /** Ends one held command: completes or errors. */
  readonly held: Subject<void>;
  /** Data of the commands that were carried out. */
  readonly done: string[];
}

export function testService(): TestService {
  const held = new Subject<void>();
  const done: string[] = [];
  return {
    held,
    done,
    service: {
      name: 'test',
      messages: [Echo, Fail, Hold, Echoed, Other],
      attach(bus) {
        bus.handle(Echo, {
          concurrency: 32,
          handle: (data, context) => {
            done.push(data.text);
            return context.publish(Echoed, data);
          },
        });
        bus.handle(Fail, {
          handle: ({ text }) => {
            throw text === 'secret' ? new Error('password is tomato') : new RefusedError('the test', text);
          },
        });
        bus.handle(Hold, { concurrency: 100, handle: () => new Observable((s) => held.subscribe(s)) });
      },
    },
  };
}

/** A service that is served. */
export interface TestEventing extends Serving {
  readonly api: ServiceApi;
  readonly test: TestService;
  readonly transport: Transport;
  /** Starts the runtime that consumes, unless it was started at once. */
  readonly consume: () => Promise<ServiceConsumer>;
  readonly get: (path: string, headers?: Headers) => Promise<Answer>;
  readonly post: (path: string, body: unknown, headers?: Headers) => Promise<Answer>;
  readonly follow: (path: string, lastEventId?: string, headers?: Headers) => Promise<SseClient>;
  readonly open: (headers?: Headers) => Promise<SocketClient>;
  /** Sends a command and gives the id of its operation. */
  readonly submit: (name: string, data: unknown, headers?: Headers) => Promise<string>;
  /** Publishes an event, as another service would. */
  readonly publish: (text: string, tenant?: string) => Promise<void>;
  readonly end: () => Promise<void>;
}

type Headers = Readonly<Record<string, string>>;

/** What may be set besides; `consuming: false` leaves the runtime that consumes out. */
export type TestEventingOptions = Partial<Omit<ServiceApiOptions, 'service' | 'transport'>> &
  Omit<Partial<EventingAppOptions>, 'eventing'> & { readonly consuming?: boolean };

/** Tenants by bearer token. */
export const byBearer = (request: Request): string | undefined =>
  /^Bearer (\w+)$/.exec(request.headers.get('authorization') ?? '')?.[1];

export async function startEventing(options: TestEventingOptions = {}): Promise<TestEventing> {
  const { consuming = true, onError, ...rest } = options;
  const test = testService();
  const broker = createMemoryBroker();
  const transport = broker.connect();
  const api = createServiceApi({ sealer: testSealer, ...rest, onError, service: test.service, transport });
  const running: Subscription[] = [api.run().subscribe()];
  const consumers: ServiceConsumer[] = [];
  const consume = async (): Promise<ServiceConsumer> => {
    const consumer = await createServiceConsumer({
      service: test.service,
      transport: broker.connect(),
      maxAttempts: 1,
    });
    running.push(consumer.run().subscribe());
    consumers.push(consumer);
    return consumer;
  };
  if (consuming) await consume();
  const serving = await serve(eventingApp({ ...rest, onError, eventing: api.eventing }), { port: 0, onError });
  const { url } = serving;

  const ask = async (method: string, path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(new URL(path, url), { method, ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  const post: TestEventing['post'] = (path, body, headers = {}) =>
    ask('POST', path, { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  const messages = defineMessages(test.service.messages);
  const teller = createBus({ service: 'teller', transport: broker.connect(), messages, newId });
  return {
    ...serving,
    api,
    test,
    transport,
    consume,
    get: (path, headers = {}) => ask('GET', path, { headers }),
    post,
    follow: (path, lastEventId, headers) => openSse(new URL(path, url).href, lastEventId, headers),
    open: (headers) => openSocket(new URL('v1/stream', url).href, headers),
    submit: async (name, data, headers) => {
      const { status, body } = await post(`/v1/commands/${name}`, data, headers);
      if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
      return body.id;
    },
    publish: (text, tenant) =>
      new Promise((resolve, reject) =>
        teller.publish(Echoed, { text }, { tenant }).subscribe({ complete: resolve, error: reject }),
      ),
    end: async () => {
      api.close();
      for (const subscription of running) subscription.unsubscribe();
      await serving.stop({ deadlineMs: 0 });
    },
  };
}

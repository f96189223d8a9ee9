import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { WebSocket } from 'ws';
import { figure } from '../support/figure.mjs';

const AT_ONCE = 100;

export const checks = [
  { name: 'C7 WebSocket clients that connect and drop', run: drops(socketClient) },
  { name: 'C7 event-stream clients that connect and drop', run: drops(streamClient) },
];

/** 10,000 clients that follow an event and leave, in every way there is. */
function drops(connect) {
  return async ({ dist, share }) => {
    const load = (file) => import(pathToFileURL(path.join(dist, file)));
    const { createServiceApi, eventingApp } = await load('lib/systems/eventing/index.js');
    const { demoService } = await load('lib/systems/eventing/demoService.js');
    const { memoryTransport } = await load('lib/adapters/memory/index.js');
    const { ephemeralSealer } = await load('lib/adapters/node/index.js');
    const { serve } = await load('lib/adapters/http/index.js');
    const sealer = ephemeralSealer({ warn: () => undefined });
    const api = createServiceApi({ service: demoService, transport: memoryTransport(), sealer });
    const running = api.run().subscribe();
    let live = 0;
    const { eventing } = api;
    const followEvents = (type, options) => counted(eventing.followEvents(type, options), (change) => (live += change));
    const app = eventingApp({ eventing: { ...eventing, followEvents } });
    const serving = await serve(app, { port: 0 });
    await connect(serving.url, 0); // what is made once is made
    await wait(100);
    const handles = count();
    const heap = heapUsed();

    const clients = Math.round(10_000 * share);
    for (let i = 0; i < clients; i += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => connect(serving.url, i + n)));
    }
    for (let i = 0; i < 100 && (live > 0 || count() > handles); i++) await wait(50);

    const figures = [
      figure('clients', clients),
      figure('subscriptions left', live, { exactly: 0 }),
      figure('timers and sockets left', Math.max(0, count() - handles), { exactly: 0 }),
      figure('heap growth, MB', (heapUsed() - heap) / 1024 ** 2, { atMost: 8 }),
    ];
    running.unsubscribe();
    api.close();
    await serving.stop({ deadlineMs: 0 });
    return figures;
  };
}

function counted(events, note) {
  return {
    [Symbol.asyncIterator]() {
      const iterator = events[Symbol.asyncIterator]();
      note(1);
      return {
        next: () => iterator.next(),
        return: () => {
          note(-1);
          return iterator.return();
        },
      };
    },
  };
}

async function socketClient(url, n) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}v1/stream`);
  socket.on('error', () => undefined);
  await once(socket, 'open');
  if (n % 4 > 0) socket.send('{"type":"subscribe","id":"a","event":"demo.greeted"}');
  if (n % 4 > 1) await once(socket, 'message');
  const closed = once(socket, 'close');
  if (n % 2 === 0) socket.terminate();
  else socket.close();
  await closed;
}

async function streamClient(url) {
  const leaving = new AbortController();
  const response = await fetch(`${url}v1/events/demo.greeted`, { signal: leaving.signal });
  await response.body.getReader().read();
  leaving.abort();
}

function count() {
  return process.getActiveResourcesInfo().filter((name) => /Timeout|TCPSocketWrap|TCPServerWrap/.test(name)).length;
}

function heapUsed() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

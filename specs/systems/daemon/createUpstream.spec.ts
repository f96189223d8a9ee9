import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { afterEach, describe, expect, it } from 'vitest';
import { createUpstream, type UpstreamNews } from '../../../lib/systems/daemon/createUpstream.ts';
import { startEventing, type TestEventing } from '../../support/eventing.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
const start = async (): Promise<TestEventing> => {
  const server = await startEventing();
  ends.push(() => server.end());
  return server;
};
const follow = (base: string, options: { readonly silenceMs?: number } = {}) => {
  const news: string[] = [];
  const states: string[] = [];
  const upstream = createUpstream({ base, random: () => 0, onChange: (state) => states.push(state), ...options });
  const inWords = (each: UpstreamNews) =>
    each.kind === 'gap' ? 'gap' : `${each.operation.id} ${each.operation.state}`;
  const subscription = upstream.news$.subscribe((each) => news.push(inWords(each)));
  ends.push(() => subscription.unsubscribe());
  return { news, states, subscription };
};

/** Passes bytes on to a port, until it is told to cut. */
async function proxy(first: number) {
  let port = first;
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((near) => {
    if (!isOpen) {
      near.destroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  ends.push(() => {
    cut();
    server.close();
  });
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    cut,
    open: () => (isOpen = true),
    to: (next: number) => (port = next),
  };
}

describe('createUpstream', () => {
  it('tells every change of every operation over one connection', async () => {
    const server = await start();
    const { news } = follow(server.url);
    await expect.poll(() => news).toEqual(['gap']); // what was before is not known

    const ids = [await server.submit('test.echo', { text: 'a' }), await server.submit('test.fail', { text: 'b' })];

    await expect.poll(() => news).toHaveLength(5);
    expect(news.slice(1).sort()).toEqual(
      [`${ids[0]!} accepted`, `${ids[0]!} succeeded`, `${ids[1]!} accepted`, `${ids[1]!} failed`].sort(),
    );
  });

  it('C4 goes on after a cut where it was: nothing missed, nothing twice', async () => {
    const server = await start();
    const { base, cut, open } = await proxy(server.port);
    const { news, states } = follow(base);
    await expect.poll(() => news).toEqual(['gap']);
    const ids = [await server.submit('test.echo', { text: 'a' })];
    await expect.poll(() => news).toHaveLength(3);

    cut();
    await expect.poll(() => states).toEqual(['connected', 'disconnected']);
    ids.push(await server.submit('test.echo', { text: 'b' }));
    await server.get(`/v1/operations/${ids[1]!}?wait=10`);
    open();

    await expect.poll(() => news).toHaveLength(5);
    expect(news).toEqual(['gap', ...ids.flatMap((id) => [`${id} accepted`, `${id} succeeded`])]);
  });

  it('C4 says so where the server has begun anew', async () => {
    const [first, second] = [await start(), await start()];
    const { base, cut, open, to } = await proxy(first.port);
    const { news } = follow(base);
    await expect.poll(() => news).toEqual(['gap']);
    const id = await first.submit('test.echo', { text: 'a' });
    await expect.poll(() => news).toHaveLength(3);
    await second.submit('test.echo', { text: 'b' });

    cut();
    to(second.port);
    open();

    await expect.poll(() => news.slice(3)).toContain('gap');
    expect(news.slice(0, 3)).toEqual(['gap', `${id} accepted`, `${id} succeeded`]);
  });

  it('C10 leaves a server that says nothing, and comes again', async () => {
    const silent = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    ends.push(() => silent.close());
    await new Promise((resolve) => silent.once('listening', resolve));
    let connections = 0;
    silent.on('connection', () => connections++);

    follow(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/`, { silenceMs: 50 });

    await expect.poll(() => connections).toBeGreaterThan(2);
  });

  it.each([['not JSON'], ['{"type":"error"}'], ['[]'], ['{"type":"event","data":{"__proto__":1}}']])(
    'bears a server that says %j',
    async (text) => {
      const odd = new WebSocketServer({ port: 0, host: '127.0.0.1' });
      ends.push(() => odd.close());
      await new Promise((resolve) => odd.once('listening', resolve));
      let connections = 0;
      odd.on('connection', (socket) => {
        connections++;
        socket.send(text);
        socket.send('{"type":"subscribed","id":"all"}');
      });
      const { news } = follow(`http://127.0.0.1:${(odd.address() as AddressInfo).port}/`);
      if (text.includes('error'))
        await expect.poll(() => connections).toBeGreaterThan(1); // comes again
      else await expect.poll(() => news).toContain('gap');
    },
  );

  it('X3 leaves nothing behind when nobody listens any more', async () => {
    const server = await start();
    const { news, subscription } = follow(server.url);
    await expect.poll(() => news).toEqual(['gap']);
    const count = () => process.getActiveResourcesInfo().filter((name) => /Timeout|TCPSocket/.test(name)).length;
    const before = count();
    subscription.unsubscribe();
    await expect.poll(count).toBeLessThan(before);
  });
});

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a client and its broker, and does to their connections what networks do. */
export interface Proxy {
  readonly url: string;
  /** Connections that clients have opened so far. */
  readonly opened: number;
  /** Connections that are there. */
  readonly size: number;
  /** Ends all connections at once. */
  cut(): void;
  /** Carries nothing any more, in both directions, and closes nothing. */
  freeze(): void;
  thaw(): void;
  /** Takes no connections until it is called with false. */
  refuse(isRefusing: boolean): void;
  /** Sends something to the clients as if it came from the broker. */
  inject(bytes: Uint8Array): void;
  close(): Promise<void>;
}

export async function startProxy(brokerUrl: string): Promise<Proxy> {
  const target = new URL(brokerUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  let opened = 0;
  let isFrozen = false;
  let isRefusing = false;

  const server = createServer((client) => {
    client.on('error', () => {});
    opened++;
    if (isRefusing) {
      client.destroy();
      return;
    }
    const broker = connect(Number(target.port || 5672), target.hostname);
    const pair = [client, broker] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [broker, client] as const]) {
      from.on('error', () => {});
      from.on('data', (chunk) => {
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => {
        if (!isFrozen) from.resume();
      });
      from.on('close', () => {
        pairs.delete(pair);
        to.destroy();
      });
      if (isFrozen) from.pause();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const url = new URL(brokerUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const cut = () => {
    for (const socket of [...pairs].flat()) socket.destroy();
  };
  return {
    url: url.href,
    get opened() {
      return opened;
    },
    get size() {
      return pairs.size;
    },
    cut,
    freeze() {
      isFrozen = true;
      for (const socket of [...pairs].flat()) socket.pause();
    },
    thaw() {
      isFrozen = false;
      for (const socket of [...pairs].flat()) socket.resume();
    },
    refuse(refusing) {
      isRefusing = refusing;
    },
    inject(bytes) {
      for (const [client] of pairs) client.write(bytes);
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { connect } from 'amqplib';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { rabbitmqDepths, type RabbitmqDepthsOptions } from '../../../lib/adapters/rabbitmq/rabbitmqDepths.ts';
import { OptionError } from '../../../operators/errors.ts';
import { withoutRabbitmq } from '../../support/rabbitmq.ts';
import { fresh, useBroker } from './support/broker.ts';

const depthsOf = (
  options: Partial<RabbitmqDepthsOptions> & { readonly url: string },
  ...queues: string[]
): Promise<any> =>
  firstValueFrom(rabbitmqDepths({ manager: 'M', ...options }).depths(new Set(queues))).catch(
    (failure: unknown) => failure,
  );

describe.skipIf(withoutRabbitmq())('rabbitmqDepths', () => {
  const bench = useBroker();

  /** A queue with so many messages, removed at the end. */
  const queueOf = async (count: number, name = fresh('depth')) => {
    await bench.admin.assertQueue(name, { durable: false });
    onTestFinished(async () => {
      await bench.admin.deleteQueue(name);
    });
    for (let i = 0; i < count; i++) bench.admin.sendToQueue(name, Buffer.from('x'));
    await vi.waitFor(async () => expect((await bench.admin.checkQueue(name)).messageCount).toBe(count));
    return name;
  };

  it('counts the messages that are ready, of the queues that are asked for, and makes none', async () => {
    const [three, none, other] = [await queueOf(3), await queueOf(0), await queueOf(1)];
    const missing = Array.from({ length: 9 }, () => fresh('missing'));
    const depths = await depthsOf({ url: bench.url }, three, ...missing, none);
    expect([...depths]).toEqual([[three, 3]]);
    expect([...(await depthsOf({ url: bench.url }, ...missing, three, other))].sort()).toEqual(
      [
        [other, 1],
        [three, 3],
      ].sort(),
    );
    expect(await depthsOf({ url: bench.url }, ...missing)).toEqual(new Map());
    expect(await depthsOf({ url: bench.url })).toEqual(new Map());
  });

  it('takes names of any kind', async () => {
    const odd = await queueOf(1, `ü ☃ / %2F __proto__ ${fresh('')}`);
    const depths = await depthsOf({ url: bench.url }, '', 'x'.repeat(256), 'ü'.repeat(200), '\ud800', odd);
    expect([...depths]).toEqual([[odd, 1]]);
  });

  it('passes over a queue that is of another connection', async () => {
    const own = await connect(bench.url);
    onTestFinished(() => own.close());
    const { queue } = await (await own.createChannel()).assertQueue('', { exclusive: true });
    const three = await queueOf(3);
    expect([...(await depthsOf({ url: bench.url }, queue, three))]).toEqual([[three, 3]]);
  });

  it('is refused with another password, and shows none', async () => {
    const url = new URL(bench.url);
    [url.username, url.password] = ['guest', 'hunter2'];
    const failure = await depthsOf({ url: url.href }, 'q');
    expect(failure).toMatchObject({ name: 'RefusedError' });
    expect(JSON.stringify([String(failure), failure, failure.stack, String(failure.cause)])).not.toContain('hunter2');
  });
});

describe('rabbitmqDepths', () => {
  it('cannot reach a broker that is not there', async () => {
    expect(await depthsOf({ url: 'amqp://127.0.0.1:1' }, 'q')).toMatchObject({ name: 'UnreachableError' });
  });

  it('X3 gives up in time on a broker that says nothing, and lets go of its socket', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => void sockets.push(socket.on('error', () => {}).resume())).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `amqp://127.0.0.1:${(server.address() as AddressInfo).port}`;

    expect(await depthsOf({ url, timeoutMs: 200 }, 'q')).toMatchObject({ name: 'UnreachableError' });
    await vi.waitFor(() => expect(sockets[0]!.destroyed).toBe(true));

    const subscription = rabbitmqDepths({ manager: 'M', url })
      .depths(new Set(['q']))
      .subscribe();
    await vi.waitFor(() => expect(sockets).toHaveLength(2));
    subscription.unsubscribe();
    await vi.waitFor(() => expect(sockets[1]!.destroyed).toBe(true));
  });

  it('refuses what is no broker', () => {
    for (const options of [{ url: 'http://x' }, { url: 'amqp://x', timeoutMs: 0 }])
      expect(() => rabbitmqDepths({ manager: 'M', ...options })).toThrow(OptionError);
  });
});

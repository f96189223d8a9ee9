import { createServer, type AddressInfo } from 'node:net';
import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { rabbitmqTransport } from '../../../lib/adapters/rabbitmq/rabbitmqTransport.ts';
import { explain } from '../../../lib/core/inspection/explain.ts';
import { snapshot } from '../../../lib/core/inspection/snapshot.ts';
import { startInspection } from '../../../lib/core/inspection/startInspection.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';

/** A port that nobody listens on: it was free a moment ago. */
async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

describe('a transport over RabbitMQ, inspected', () => {
  it('is named where it has no connection, by the handler that publishes too', async () => {
    const inspection = startInspection();
    const transport = rabbitmqTransport({
      url: `amqp://guest:secret@127.0.0.1:${await unusedPort()}/`,
      exchange: { name: 'events', type: 'topic' },
    });
    const orders = new Topic<string>({ name: 'orders' });
    orders.deliver({
      id: 'forward',
      handle: (id) =>
        transport.publish({ id, routingKey: 'a', contentType: 'text/plain', headers: {}, body: new Uint8Array() }),
    });
    orders.next('m1');
    orders.next('m2');
    await firstValueFrom(transport.state$.pipe(filter((state) => state === 'disconnected')));

    const { sentence } = explain({ kind: 'subscriber', name: 'orders/forward' });
    expect(sentence).toBe(
      `subscriber 'orders/forward' (1 of 1,024 waiting): its running attempt waits for transport '${transport.name}' (1 of ${capacity()} waiting), which has no connection (disconnected)`,
    );
    expect(sentence).not.toContain('secret');
    orders.unsubscribe();
    await new Promise<void>((resolve) => void transport.close({ deadlineMs: 0 }).subscribe({ complete: resolve }));
    expect(snapshot().nodes).toEqual([]);
    inspection.stop();

    function capacity(): string {
      const { figures } = snapshot().nodes.find(({ kind }) => kind === 'transport')!;
      return figures['capacity']!.toLocaleString('en-US');
    }
  });
});

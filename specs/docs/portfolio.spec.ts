import { randomUUID } from 'node:crypto';
import { filter, firstValueFrom, type Subscription } from 'rxjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../lib/adapters/memory/createMemoryBroker.ts';
import { rabbitmqTransport } from '../../lib/adapters/rabbitmq/rabbitmqTransport.ts';
import type { Transport } from '../../lib/contracts/transport.ts';
import { createOperations } from '../../lib/core/events/createOperations.ts';
import { defineMessages } from '../../lib/core/events/defineMessages.ts';
import type { AppliedIds } from '../../lib/core/events/createAppliedIds.ts';
import { createServiceConsumer } from '../../lib/systems/eventing/createServiceConsumer.ts';
import { newId } from '../../lib/adapters/node/newId.ts';
import type { Service } from '../../lib/systems/eventing/service.ts';
import { sharedBroker, withoutRabbitmq } from '../support/rabbitmq.ts';

const EXAMPLE = new URL('../../docs/examples/portfolio/portfolio.mjs', import.meta.url).href;

interface Portfolio extends Service {
  readonly view: ReadonlyMap<string, { readonly title: string; readonly value: number }>;
  readonly applied: AppliedIds;
}

const { createPortfolioService } = (await import(EXAMPLE)) as {
  createPortfolioService: () => Portfolio;
};

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

/** What a client does: the same code, whatever carries the messages. */
async function start(connect: () => Transport) {
  const service = createPortfolioService();
  const [ours, theirs] = [connect(), connect()];
  const messages = defineMessages(service.messages);
  const operations = createOperations({ service: 'client', transport: ours, messages, newId });
  const consumer = await createServiceConsumer({ service, transport: theirs, retryDelayMs: 20 });
  const hearing = operations.consume().subscribe();
  let running: Subscription | undefined;
  let queues = 0;
  await new Promise<void>((resolve, reject) => {
    const consuming$ = consumer.run().pipe(filter(({ kind }) => kind === 'consuming'));
    running = consuming$.subscribe({ next: () => ++queues === 2 && resolve(), error: reject });
  });
  ends.push(async () => {
    hearing.unsubscribe();
    running?.unsubscribe();
    const close = (transport: Transport) =>
      firstValueFrom(transport.close({ deadlineMs: 1_000 }), { defaultValue: undefined });
    await Promise.all([close(ours), close(theirs)]);
  });
  const send = async (name: string, data: unknown) => {
    const { id } = await firstValueFrom(operations.submit(messages.command(name)!, data));
    return firstValueFrom(operations.waitUntilApplied(id, service.applied, { timeoutMs: 10_000 }));
  };
  return { view: service.view, send };
}

function flow(connector: () => () => Transport) {
  it('creates, revalues and deletes, and one can read what one has written', async () => {
    const { view, send } = await start(connector());

    expect(await send('portfolio.create', { id: 'p1', title: 'Savings' })).toMatchObject({ state: 'succeeded' });
    expect(view.get('p1')).toEqual({ title: 'Savings', value: 0 });
    for (const value of [1, 2, 3]) await send('portfolio.revalue', { id: 'p1', value });
    expect(view.get('p1')).toEqual({ title: 'Savings', value: 3 });
    expect(await send('portfolio.create', { id: 'p1', title: 'Again' })).toMatchObject({
      state: 'failed',
      error: { code: 'refused', message: expect.stringContaining('already') },
    });
    expect(await send('portfolio.delete', { id: 'p1' })).toMatchObject({ state: 'succeeded' });
    expect(view.size).toBe(0);
    expect(await send('portfolio.revalue', { id: 'p1', value: 4 })).toMatchObject({ state: 'failed' });
  });
}

describe('the portfolio service over memory', () => {
  flow(() => {
    const broker = createMemoryBroker();
    return () => broker.connect();
  });
});

describe.skipIf(withoutRabbitmq())('the portfolio service over RabbitMQ', () => {
  let url: string;
  beforeAll(async () => {
    url = await sharedBroker();
  }, 90_000);
  flow(() => {
    const exchange = { name: `x${randomUUID().slice(0, 8)}`, type: 'topic' as const };
    return () => rabbitmqTransport({ url, exchange });
  });
});

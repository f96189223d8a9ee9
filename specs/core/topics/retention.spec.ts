import { NEVER, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Delivery, Overflow } from '../../../lib/contracts/delivery.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { collectGarbage } from '../../support/collectGarbage.ts';

interface Message {
  readonly n: number;
}

const ROUNDS = 10; // code that is being compiled refers to what it has seen, and lets go after a while

/** How many of these are still referred to. */
async function alive(refs: readonly WeakRef<Message>[]): Promise<number> {
  for (let i = 0; i < ROUNDS; i++) await collectGarbage();
  return refs.filter((ref) => ref.deref() !== undefined).length;
}

/** Lets timers have their turn until nothing runs at a subscriber. */
async function atRest(delivery: Delivery<Message>): Promise<void> {
  while (delivery.stats().running > 0) await new Promise(setImmediate);
}

/** Publishes new messages to which nobody else refers. */
function publish(topic: Topic<Message>, count: number): WeakRef<Message>[] {
  return Array.from({ length: count }, (_, n) => {
    const message = { n };
    topic.publish(message);
    return new WeakRef(message);
  });
}

describe('what is kept of messages', () => {
  it.each<[Overflow, number]>([
    ['dropOldest', 5],
    ['dropNewest', 5],
    ['coalesce', 5],
    ['error', 5],
    ['block', 5 + 1_024],
    ['park', 5 + 10],
  ])('T5 %s: a subscriber that is stuck keeps no more than its bounds', async (overflow, most) => {
    const topic = new Topic<Message>();
    topic.deliver({ id: 's', handle: () => NEVER, concurrency: 2, bufferSize: 3, parkSize: 10, overflow });
    const refs = publish(topic, 3_000);

    expect(await alive(refs)).toBe(most);
  });

  it('T5 nothing is kept of what is handled, by any kind of handler, nor of what was discarded', async () => {
    const topic = new Topic<Message>();
    topic.deliver({ id: 'returns', handle: () => {} });
    topic.deliver({ id: 'resolves', handle: () => Promise.resolve(), partitionKey: ({ n }) => n });
    const completes = topic.deliver({
      id: 'completes',
      handle: () => timer(1),
      concurrency: Infinity,
      timeoutMs: 1_000,
    });
    topic.deliver({
      id: 'fails',
      handle() {
        throw new Error('no');
      },
    });
    const stuck = topic.deliver({ id: 'stuck', handle: () => NEVER });
    const refs = publish(topic, 100);
    await atRest(completes);
    stuck.close();

    expect(await alive(refs)).toBe(0);
    expect(topic.deliveries().map((delivery) => delivery.stats().running)).toEqual([0, 0, 0, 0]);
  });

  it('T5 a topic keeps as many as it replays', async () => {
    const topic = new Topic<Message>({ replay: 7 });
    expect(await alive(publish(topic, 100))).toBe(7);
  });
});

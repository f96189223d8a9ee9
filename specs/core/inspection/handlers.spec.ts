import { firstValueFrom, NEVER } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { explain } from '../../../lib/core/inspection/explain.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { manual } from '../topics/support/manual.ts';
import { useVirtualTime } from '../topics/support/virtualTime.ts';
import { useInspection } from './support/useInspection.ts';

/** Handlers in a row that end at once, before nobody looks at the next one. */
const SEEN = 100;

const waitsOf = (subscriber: string) => explain({ kind: 'subscriber', name: subscriber }).sentence;

/** A topic that has no room for what is published now. */
function fullTopic(): Topic<number> & { makeRoom(): void } {
  const full = new Topic<number>({ name: 'full' });
  const { open } = manual(full, 'slow', { bufferSize: 0, overflow: 'block' });
  full.publish(0);
  return Object.assign(full, { makeRoom: () => open()[0]!.succeed() });
}

describe('for whom a handler runs', () => {
  useVirtualTime();
  useInspection();

  it('is known from its first call, and not of one that comes after a hundred that ended at once', async () => {
    const orders = new Topic<number>({ name: 'orders' });
    const full = fullTopic();
    const copied = (n: number) => firstValueFrom(full.publish(n).taken$, { defaultValue: undefined });
    orders.deliver({ id: 'copy', handle: (n) => (n % (SEEN + 1) === 0 ? copied(n) : undefined) });
    const known =
      "subscriber 'orders/copy' (0 of 1,024 waiting): its running attempt waits for subscriber 'full/slow' (0 of 0 waiting), whose running attempt is 0 ms old";

    orders.publish(0);
    expect(waitsOf('orders/copy')).toBe(known);
    full.makeRoom();
    await vi.advanceTimersByTimeAsync(0);

    for (let n = 1; n <= SEEN + 1; n++) orders.publish(n);
    expect(waitsOf('orders/copy')).toBe(
      "subscriber 'orders/copy' (0 of 1,024 waiting): its running attempt is 0 ms old",
    );
    full.makeRoom();
    await vi.advanceTimersByTimeAsync(0);

    orders.publish(0);
    expect(waitsOf('orders/copy')).toBe(known);
  });

  it('is known for what it returns, whatever came before', () => {
    const orders = new Topic<number>({ name: 'orders' });
    const full = fullTopic();
    orders.deliver({ id: 'copy', handle: (n) => (n > SEEN ? full.publish(n).taken$ : undefined) });
    for (let n = 1; n <= SEEN + 1; n++) orders.publish(n);

    expect(waitsOf('orders/copy')).toContain("its running attempt waits for subscriber 'full/slow'");
  });

  it('is no matter of those whose handlers it calls by publishing', () => {
    const [orders, audit] = [new Topic<number>({ name: 'orders' }), new Topic<number>({ name: 'audit' })];
    const full = fullTopic();
    audit.deliver({
      id: 'note',
      handle(n) {
        if (n > SEEN) full.publish(n).taken$.subscribe();
        return undefined;
      },
    });
    orders.deliver({
      id: 'copy',
      handle(n) {
        audit.publish(n);
        return NEVER;
      },
    });
    for (let n = 1; n <= SEEN; n++) audit.publish(n);
    orders.publish(SEEN + 1);

    expect(waitsOf('orders/copy')).toBe(
      "subscriber 'orders/copy' (0 of 1,024 waiting): its running attempt is 0 ms old",
    );
  });
});

import * as t from 'io-ts';
import { NEVER } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryBroker } from '../../../lib/adapters/memory/createMemoryBroker.ts';
import { createBus } from '../../../lib/core/events/createBus.ts';
import { defineEvent } from '../../../lib/core/events/defineEvent.ts';
import { defineMessages } from '../../../lib/core/events/defineMessages.ts';
import { explain } from '../../../lib/core/inspection/explain.ts';
import { snapshot } from '../../../lib/core/inspection/snapshot.ts';
import { createObserver } from '../../../lib/core/watching/createObserver.ts';
import { createWorkEngine } from '../../../lib/core/work/createWorkEngine.ts';
import { useVirtualTime } from '../topics/support/virtualTime.ts';
import { fakeManager, fakeNotifier } from '../watching/support/fakes.ts';
import { useInspection } from './support/useInspection.ts';

const named = () => snapshot().nodes.map(({ kind, name }) => `${kind} ${name}`);

describe('what programs are made of', () => {
  useVirtualTime();
  useInspection();

  it('is seen: an observer, and a registration that is in quarantine', async () => {
    const observer = createObserver({
      sources: [fakeManager('QM1')],
      notifiers: [fakeNotifier()],
      newId: () => 'r1',
      random: () => 0.5,
      notifyIntervalMs: 10_000,
      failureLimit: 1,
      backoffMs: 3_600_000,
    });
    const running = observer.run().subscribe();
    observer.register({ manager: 'QM1', queue: 'ORDERS', notify: 'a/404' }, 'acme').subscribe();
    expect(named()).toEqual(['observer QM1', 'registration acme/r1 (QM1, ORDERS)']);
    expect(explain({ kind: 'registration', name: 'acme/r1 (QM1, ORDERS)' }).sentence).toBe(
      "registration 'acme/r1 (QM1, ORDERS)' waits for nothing",
    );

    await vi.advanceTimersByTimeAsync(10_000 + 600_000);
    expect(explain({ kind: 'registration', name: 'acme/r1 (QM1, ORDERS)' }).sentence).toMatch(
      /^registration 'acme\/r1 \(QM1, ORDERS\)' is in quarantine for another 50 min after 1 failure$/,
    );
    observer.close().subscribe();
    running.unsubscribe();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(named()).toEqual([]);
  });

  it('is seen: a bus, and the handler that the messages of its queue wait for', async () => {
    const Placed = defineEvent('order.placed', t.string);
    const messages = defineMessages([Placed]);
    const broker = createMemoryBroker();
    let id = 0;
    const newId = () => `m${id++}`;
    const bus = createBus({ service: 'mail', transport: broker.connect({ name: 'mail' }), messages, newId });
    bus.on(Placed, { id: 'smtp', handle: () => NEVER });
    const consuming = bus.consume().subscribe();
    bus.publish(Placed, 'o1').subscribe();
    await vi.advanceTimersByTimeAsync(5_000);

    expect(named()).toEqual([
      'transport mail',
      'bus mail',
      'topic order.placed',
      'queue mail.events',
      'subscriber order.placed/smtp',
    ]);
    expect(explain({ kind: 'queue', name: 'mail.events' }).sentence).toBe(
      "queue 'mail.events' (1 of 100,000 waiting): its message waits for subscriber 'order.placed/smtp' (0 of 1,024 waiting), whose running attempt is 5 s old",
    );
    consuming.unsubscribe();
    bus.close({ deadlineMs: 0 }).subscribe();
    await vi.advanceTimersByTimeAsync(1);
    expect(named()).not.toContain('bus mail');
  });

  it('is seen: jobs that share the lane of a subscriber', () => {
    const engine = createWorkEngine<string>({ topics: ['build'], newToken: () => 'none', channels: 'perTopic' });
    engine.attach('build', { id: 'log', handle: () => NEVER, bufferSize: 0, overflow: 'block' });
    engine.start({ topic: 'build', token: 't1', run: () => ['25 %', '50 %'] });
    vi.advanceTimersByTime(3_000);

    expect(explain({ kind: 'job', name: 'build/t1' }).sentence).toBe(
      "job 'build/t1' is blocked by subscriber 'build/log' (0 of 0 waiting), whose running attempt is 3 s old",
    );
    void engine.stop({ mode: 'abort', deadlineMs: 0 });
    vi.advanceTimersByTime(1_000);
    expect(named()).toEqual([]);
  });
});

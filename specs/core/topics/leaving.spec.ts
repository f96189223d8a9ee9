import fc from 'fast-check';
import { NEVER, Observable, of, timer } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { Delivery, DeliveryContract, Overflow } from '../../../lib/contracts/delivery.ts';
import { createBudget } from '../../../lib/core/topics/budget.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { countTimers } from '../../../lib/testing/countTimers.ts';
import { watchedSignal } from '../../../lib/testing/watchedSignal.ts';
import { OptionError } from '../../../operators/errors.ts';
import { runs } from '../../support/seed.ts';
import { manual } from './support/manual.ts';
import { useVirtualTime } from './support/virtualTime.ts';

describe('leaving', () => {
  useVirtualTime();

  it('T15, T16 close discards what waits, aborts what runs, starts nothing more, and may be repeated', () => {
    const topic = new Topic<number>();
    const outcomes: string[] = [];
    const { delivery, calls, open } = manual(topic, 's', { concurrency: 2 });
    for (let n = 0; n < 5; n++) topic.publish(n).settled$.subscribe(({ outcome }) => outcomes.push(outcome));
    const signals = calls.map(({ context }) => context.signal);
    const ends: string[] = [];
    delivery.ended$.subscribe({ complete: () => ends.push('ended') });
    delivery.close();
    delivery.close();
    for (const call of calls) call.succeed();
    topic.next(6);
    delivery.resume();

    expect(calls).toHaveLength(2);
    expect(open()).toEqual([]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(outcomes).toEqual(Array.from({ length: 5 }, () => 'discarded'));
    expect(delivery.stats()).toMatchObject({ offered: 5, discarded: 5, waiting: 0, running: 0, succeeded: 0 });
    expect(ends).toEqual(['ended']);
    expect(delivery.redrive()).toBe(0);
  });

  it('T16 close works inside the own handler, whatever the handler then does', async () => {
    const results: Record<string, () => unknown> = {
      returns: () => undefined,
      throws: () => {
        throw new Error('no');
      },
      resolves: () => Promise.resolve(),
      rejects: () => Promise.reject(new Error('no')),
      'goes on': () => NEVER,
      completes: () => of(1),
    };
    for (const [name, result] of Object.entries(results)) {
      for (const contract of [{}, { timeoutMs: 5 }, { retry: { retries: 2 } }, { partitionKey: (n: number) => n }]) {
        const topic = new Topic<number>();
        let subscribed = 0;
        let signal: AbortSignal | undefined;
        let calls = 0;
        const delivery: Delivery<number> = topic.deliver({
          id: 's',
          ...contract,
          handle(n, context) {
            calls++;
            signal = context.signal;
            if (n === 1) topic.deliveries().at(-1)!.close();
            const returned = result();
            return returned instanceof Observable
              ? new Observable((subscriber) => {
                  subscribed++;
                  return returned.subscribe(subscriber);
                })
              : (returned as never);
          },
        });
        delivery.pause();
        topic.next(1);
        topic.next(2);
        delivery.resume();
        await vi.advanceTimersByTimeAsync(1_000);

        expect(calls, name).toBe(1);
        expect(subscribed, name).toBe(0);
        expect(signal?.aborted, name).toBe(true);
        expect(delivery.stats(), name).toMatchObject({ offered: 2, discarded: 2, running: 0, waiting: 0 });
        expect(topic.deliveries(), name).toEqual([]);
        expect(vi.getTimerCount(), name).toBe(0);
      }
    }
  });

  it('T15, T16 close works inside the handler of another, before and after the own turn', () => {
    for (const position of ['before', 'after']) {
      const topic = new Topic<number>();
      const log: string[] = [];
      const victim = () => topic.deliver({ id: 'victim', handle: (n) => void log.push(`victim ${n}`) });
      const closer = () =>
        topic.deliver({
          id: 'closer',
          handle(n) {
            log.push(`closer ${n}`);
            if (n === 2)
              topic
                .deliveries()
                .find(({ id }) => id === 'victim')
                ?.close();
          },
        });
      if (position === 'before') {
        closer();
        victim();
      } else {
        victim();
        closer();
      }
      for (let n = 1; n <= 3; n++) topic.next(n);

      expect(log).toEqual(
        position === 'before'
          ? ['closer 1', 'victim 1', 'closer 2', 'closer 3']
          : ['victim 1', 'closer 1', 'victim 2', 'closer 2', 'closer 3'],
      );
    }
  });

  it('T15 nothing starts once it was closed by whoever watches another subscriber make room', () => {
    const shared = createBudget({ size: 1 });
    const topic = new Topic<number>();
    const first = manual(topic, 'first', { budget: { shared } });
    const second = manual(topic, 'second', { budget: { shared }, overflow: 'block' });
    topic.next(1);
    topic.next(2);
    second.delivery.stats$.subscribe(({ waiting }) => {
      if (waiting > 0) first.delivery.close();
    });
    first.open()[0]!.succeed(); // takes the next one, which makes room for the second, whose watcher closes the first

    expect(first.values()).toEqual([1]);
    expect(first.delivery.stats()).toMatchObject({ offered: 2, succeeded: 1, discarded: 1, running: 0 });
    expect(topic.deliveries().map(({ id }) => id)).toEqual(['second']);
  });

  it('T15 nothing starts once it was closed by one of its own callbacks', () => {
    const closers: Record<string, (close: () => void) => Partial<DeliveryContract<number>>> = {
      partitionKey: (close) => ({ partitionKey: (n) => (close(), n) }),
      coalesce: (close) => ({ overflow: 'coalesce', coalesce: (_, n) => (close(), n) }),
      onDrop: (close) => ({ overflow: 'dropOldest', onDrop: close }),
    };
    for (const [name, contract] of Object.entries(closers)) {
      const topic = new Topic<number>();
      let isArmed = false;
      const { delivery, calls } = manual(topic, 's', {
        bufferSize: 1,
        ...contract(() => {
          if (isArmed) delivery.close();
        }),
      });
      if (name !== 'partitionKey') {
        topic.next(1);
        topic.next(2);
      }
      isArmed = true;
      const outcomes: string[] = [];
      topic.publish(3).settled$.subscribe(({ outcome }) => outcomes.push(outcome));
      const stats = delivery.stats();

      expect(calls.length, name).toBe(name === 'partitionKey' ? 0 : 1);
      expect(outcomes, name).toHaveLength(1);
      expect([stats.waiting, stats.running, stats.blocked], name).toEqual([0, 0, 0]);
      expect(stats.discarded + stats.dropped + stats.coalesced, name).toBe(stats.offered);
    }
  });

  it('T16 its id is free again, and the new one is not the old one', () => {
    const topic = new Topic<number>();
    const old = manual(topic, 's');
    expect(() => manual(topic, 's')).toThrow(OptionError);
    old.delivery.close();
    const fresh = manual(topic, 's');
    old.delivery.close();
    topic.next(1);

    expect(fresh.values()).toEqual([1]);
    expect(topic.deliveries().map(({ id }) => id)).toEqual(['s']);
  });

  it('subscribes to nothing where it is refused', () => {
    const topic = new Topic<number>();
    let subscribed = 0;
    const concurrency = new Observable<number>(() => {
      subscribed++;
      return () => subscribed--;
    });
    topic.deliver({ id: 's', handle: () => {} });
    expect(() => topic.deliver({ id: 's', handle: () => {}, concurrency })).toThrow(OptionError);
    expect(() => topic.deliver({ id: 't', handle: () => {}, concurrency, bufferSize: -1 })).toThrow(OptionError);
    topic.complete();
    expect(() => topic.deliver({ id: 'u', handle: () => {}, concurrency })).toThrow('closed');

    expect(subscribed).toBe(0);
  });

  it('X3 closing at any point leaves no subscription, timer or listener', () => {
    const contract = fc.record({
      concurrency: fc.integer({ min: 1, max: 3 }),
      bufferSize: fc.nat({ max: 3 }),
      overflow: fc.constantFrom<Overflow>('error', 'dropOldest', 'dropNewest', 'coalesce', 'block', 'park'),
      timeoutMs: fc.constantFrom(undefined, 5, 50),
      retry: fc.constantFrom(undefined, { retries: 2, delayMs: 3 }),
      watermarks: fc.constantFrom(undefined, { high: 1, low: 0, highAgeMs: 4, holdMs: 2 }),
      partitionKey: fc.constantFrom(undefined, (n: number) => n % 2),
      onFailure: fc.constantFrom('keep' as const, 'close' as const, 'park' as const),
    });
    const kinds = fc.array(fc.constantFrom('timer', 'fail', 'never', 'sync', 'signal'), {
      minLength: 1,
      maxLength: 12,
    });

    fc.assert(
      fc.property(
        fc.array(contract, { minLength: 1, maxLength: 3 }),
        kinds,
        fc.nat({ max: 40 }),
        (contracts, kinds, k) => {
          let live = 0;
          const outside = watchedSignal();
          const counted = <T>(inner$: Observable<T>) =>
            new Observable<T>((subscriber) => {
              live++;
              const inner = inner$.subscribe(subscriber);
              return () => {
                live--;
                inner.unsubscribe();
              };
            });
          const topic = new Topic<number>({ replay: 2 });
          const deliveries = contracts.map((contract, i) =>
            topic.deliver({
              id: `s${i}`,
              ...contract,
              concurrency: counted(new Observable<number>((subscriber) => subscriber.next(contract.concurrency))),
              handle(n, { signal }) {
                const kind = kinds[n % kinds.length];
                if (kind === 'sync') return;
                if (kind === 'fail') throw new Error('no');
                if (kind === 'timer') return counted(timer(4));
                if (kind === 'signal') {
                  const listen = (): void => {};
                  outside.signal.addEventListener('abort', listen);
                  signal.addEventListener('abort', () => outside.signal.removeEventListener('abort', listen));
                }
                return counted(NEVER);
              },
            }),
          );
          for (let step = 0; step < k; step++) {
            if (step % 3 === 2) vi.advanceTimersByTime(1);
            else topic.next(step);
          }
          if (k % 2 === 0) topic.unsubscribe();
          else for (const delivery of deliveries) delivery.close();

          expect(live).toBe(0);
          expect(outside.listeners()).toBe(0);
          expect(vi.getTimerCount()).toBe(0);
        },
      ),
      runs(),
    );
  });

  it('X3 leaves no timer when it is closed while its loop gives way to others', () => {
    const left = countTimers(() => {
      const topic = new Topic<number>();
      const deliveries = ['a', 'b'].map((id) =>
        topic.deliver({
          id,
          bufferSize: 1_000,
          handle: () => void vi.setSystemTime(Date.now() + 4), // slow
        }),
      );
      for (const delivery of deliveries) delivery.pause();
      for (let n = 0; n < 100; n++) topic.next(n);
      for (const delivery of deliveries) delivery.resume();
      expect(deliveries[0]!.stats().waiting).toBeGreaterThan(0);
      for (const delivery of deliveries) delivery.close();
    });
    expect(left).toBe(0);
  });

  it('X4 10,000 values under one signal leave no listener on it', async () => {
    const outside = watchedSignal();
    const topic = new Topic<number>();
    topic.deliver({
      id: 's',
      concurrency: 8,
      bufferSize: 10_000,
      timeoutMs: 1_000,
      handle: (_, { signal }) =>
        new Observable((subscriber) => {
          const stop = (): void => subscriber.complete();
          outside.signal.addEventListener('abort', stop);
          signal.addEventListener('abort', stop);
          const timeout = setTimeout(stop, 1);
          return () => {
            clearTimeout(timeout);
            outside.signal.removeEventListener('abort', stop);
            signal.removeEventListener('abort', stop);
          };
        }),
    });
    for (let n = 0; n < 10_000; n++) topic.next(n);
    await vi.advanceTimersByTimeAsync(1_300);

    expect(topic.deliveries()[0]!.stats().succeeded).toBe(10_000);
    expect(outside.listeners()).toBe(0);
  });

  it('T19 closing n subscribers takes time in proportion', () => {
    const steps = (count: number) => {
      const topic = new Topic<number>();
      const deliveries = Array.from({ length: count }, (_, i) => topic.deliver({ id: `s${i}`, handle: () => {} }));
      const list = (topic as unknown as { roster: { list: { length: number } } }).roster;
      let copied = 0;
      for (const delivery of deliveries) {
        const before = list.list;
        delivery.close();
        if (list.list !== before) copied += before.length;
      }
      expect(topic.deliveries()).toEqual([]);
      return copied;
    };
    expect(steps(20_000)).toBeLessThanOrEqual(2.5 * steps(10_000));
    expect(steps(20_000)).toBeLessThan(60_000);
  });
});

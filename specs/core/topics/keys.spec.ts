import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Overflow } from '../../../lib/contracts/delivery.ts';
import { KeyedLine } from '../../../lib/core/topics/keyedLine.ts';
import { Publication } from '../../../lib/core/topics/publication.ts';
import { Publisher } from '../../../lib/core/topics/publisher.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { collectGarbage } from '../../support/collectGarbage.ts';
import { marbles } from '../../support/marbles.ts';
import { runs } from '../../support/seed.ts';
import { manual } from './support/manual.ts';
import { useVirtualTime } from './support/virtualTime.ts';

interface Keyed {
  readonly key: number;
  readonly n: number;
}

describe('partitionKey', () => {
  useVirtualTime();

  it('keeps the order within a key, one at a time, whatever fails and is tried again', () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fc.record({ what: fc.constant('publish'), key: fc.nat({ max: 4 }) }) },
        { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('succeed', 'fail'), key: fc.nat({ max: 9 }) }) },
      ),
      { maxLength: 80 },
    );
    const policies = fc.constantFrom<Overflow>('error', 'dropOldest', 'dropNewest', 'block', 'park');
    fc.assert(
      fc.property(
        steps,
        policies,
        fc.nat({ max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        (steps, overflow, bufferSize, concurrency) => {
          const topic = new Topic<Keyed>();
          const { calls, open, delivery } = manual(topic, 's', {
            overflow,
            bufferSize,
            concurrency,
            partitionKey: ({ key }) => key,
          });
          let n = 0;
          for (const { what, key } of steps) {
            if (what === 'publish') topic.next({ key, n: n++ });
            else open()[key % Math.max(open().length, 1)]?.[what]();

            const keys = open().map(({ value }) => value.key);
            expect(new Set(keys).size, 'one at a time of each key').toBe(keys.length);
            expect(keys.length).toBeLessThanOrEqual(concurrency);
          }
          while (open().length > 0) open()[0]!.succeed();

          for (let key = 0; key < 5; key++) {
            const order = calls.filter(({ value }) => value.key === key).map(({ value }) => value.n);
            expect(order).toEqual([...order].sort((a, b) => a - b));
          }
          expect(delivery.stats()).toMatchObject({ waiting: 0, running: 0, blocked: 0 });
        },
      ),
      runs(),
    );
  });

  it(
    'holds the values of a key back while one of it waits to be tried again, and those of others not',
    marbles(({ cold, expectObservable }) => {
      const topic = new Topic<string>();
      const log$ = new Topic<string>();
      topic.deliver({
        id: 's',
        concurrency: 2,
        partitionKey: (value) => value[0]!,
        retry: { retries: 1, delayMs: 5 },
        handle(value, { attempt }) {
          log$.next(`${value}.${attempt}`);
          if (value === 'a1' && attempt === 1) throw new Error('again');
        },
      });
      const source$ = cold('  x--y|', { x: 'a1', y: 'a2' });
      const other$ = cold('   -z|', { z: 'b1' });
      const expected = '      pq---(rs)';

      expectObservable(log$).toBe(expected, { p: 'a1.1', q: 'b1.1', r: 'a1.2', s: 'a2.1' });
      source$.subscribe({ next: (value) => topic.next(value) });
      other$.subscribe({ next: (value) => topic.next(value) });
    }),
  );

  it('gives keys their turn: between two of a key that waits with others, each of those has one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 3 }),
        (keys, concurrency) => {
          const topic = new Topic<Keyed>();
          const { open, calls, delivery } = manual(topic, 's', { concurrency, partitionKey: ({ key }) => key });
          delivery.pause();
          for (const [n, key] of keys.entries()) topic.next({ key, n });
          delivery.resume();
          while (open().length > 0) open()[0]!.succeed();

          const order = calls.map(({ value }) => value.key);
          expect(order).toHaveLength(keys.length);
          for (const key of new Set(keys)) {
            let inBetween: number[] = [];
            let left = keys.filter((other) => other === key).length;
            for (const started of order) {
              if (left === 0) break;
              if (started !== key) inBetween.push(started);
              else {
                left--;
                // No other key had two turns while this one, with values waiting, had none.
                expect(new Set(inBetween).size).toBe(inBetween.length);
                inBetween = [];
              }
            }
          }
        },
      ),
      runs(),
    );
  });

  it('a noisy key keeps no other one waiting for more than a round', () => {
    const topic = new Topic<Keyed>();
    const { open, calls } = manual(topic, 's', { bufferSize: 2_000, partitionKey: ({ key }) => key });
    for (let n = 0; n < 1_000; n++) topic.next({ key: 0, n });
    topic.next({ key: 1, n: 0 });
    open()[0]!.succeed();
    open()[0]!.succeed();

    expect(calls.map(({ value }) => value.key)).toEqual([0, 1, 0]);
  });

  it('is the oldest of all keys that is dropped, and the newest of its own that is merged', () => {
    const topic = new Topic<Keyed>();
    const dropped: Keyed[] = [];
    const { open, calls } = manual(topic, 's', {
      bufferSize: 3,
      overflow: 'dropOldest',
      partitionKey: ({ key }) => key,
      onDrop: (value) => dropped.push(value),
    });
    for (let n = 0; n < 7; n++) topic.next({ key: n % 2, n });
    while (open().length > 0) open()[0]!.succeed();

    expect(dropped.map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(calls.map(({ value }) => value.n)).toEqual([0, 5, 4, 6]);
  });

  it('a key that throws is told of, and refuses its value', () => {
    const topic = new Topic<Keyed>();
    const causes: unknown[] = [];
    topic.errors$.subscribe(({ cause, value }) => causes.push([(cause as Error).message, value]));
    const { open, delivery, values } = manual(topic, 's', {
      bufferSize: 0,
      overflow: 'block',
      partitionKey({ key }) {
        if (key === 13) throw new Error('13 is no key');
        return key;
      },
    });
    topic.next({ key: 1, n: 1 });
    topic.next({ key: 13, n: 2 }); // is asked for its key when it could start
    topic.next({ key: 2, n: 3 });
    open()[0]!.succeed();

    expect(values()).toEqual([
      { key: 1, n: 1 },
      { key: 2, n: 3 },
    ]);
    expect(causes).toEqual([['13 is no key', { key: 13, n: 2 }]]);
    expect(delivery.stats()).toMatchObject({ refused: 1, blocked: 0, running: 1 });
  });

  it('a key is free again also when its value has another one by then, or none', () => {
    const topic = new Topic<Keyed>({ freeze: 'off' });
    const { open, delivery, values } = manual(topic, 's', {
      concurrency: 3,
      partitionKey({ key }) {
        if (key === 13) throw new Error('13 is no key');
        return key;
      },
    });
    const [one, two] = [
      { key: 1, n: 1 },
      { key: 2, n: 2 },
    ];
    for (const value of [one, two, { key: 1, n: 3 }, { key: 2, n: 4 }]) topic.next(value);
    one.key = 2;
    two.key = 13;
    open()[0]!.succeed();
    open()[0]!.succeed();

    expect(values().map(({ n }) => n)).toEqual([1, 2, 3, 4]);
    expect(delivery.stats()).toMatchObject({ waiting: 0, running: 2, succeeded: 2 });
  });

  it('10,000 unique keys through a stuck subscriber leave nothing behind', async () => {
    const topic = new Topic<{ key: object; n: number }>({ freeze: 'off' });
    const refs: WeakRef<object>[] = [];
    const { open, delivery } = manual(topic, 's', {
      bufferSize: 100,
      overflow: 'dropOldest',
      partitionKey: ({ n }) => n,
    });
    const publish = (count: number): void => {
      for (let i = 0; i < count; i++) {
        const key = {};
        refs.push(new WeakRef(key));
        topic.next({ key, n: refs.length });
      }
    };
    publish(10_000);
    await collectGarbage();
    const alive = refs.filter((ref) => ref.deref() !== undefined).length;

    expect(delivery.stats()).toMatchObject({ offered: 10_000, dropped: 9_899, waiting: 100, running: 1 });
    expect(alive).toBeLessThanOrEqual(101 + 1);
    while (open().length > 0) open()[0]!.succeed();
    expect(delivery.stats()).toMatchObject({ waiting: 0, running: 0, succeeded: 101 });
  });

  it('a key that is stuck keeps none of those that came and went after it', async () => {
    const line = new KeyedLine<number>((key) => key);
    const push = (key: number) => line.push(new Publication(new Publisher('t'), key, key));
    const refs: WeakRef<object>[] = [];
    push(0); // and is never released
    for (let key = 1; key <= 1_000; key++) {
      push(key);
      const taken = line.take();
      if (taken.value === 0) continue;
      refs.push(new WeakRef(line.busy().find(({ running }) => running === taken)!));
      line.release(taken);
    }
    await collectGarbage();

    expect(refs).toHaveLength(999);
    expect(refs.filter((ref) => ref.deref() !== undefined).length).toBeLessThanOrEqual(66); // places that are forgotten together
    expect(line.busy().map(({ key }) => key)).toEqual([0]);
  });

  it('no key is kept when nothing of it waits or runs, whatever happened', () => {
    const commands = fc.array(fc.record({ what: fc.nat({ max: 4 }), key: fc.nat({ max: 5 }) }), { maxLength: 60 });
    fc.assert(
      fc.property(commands, (commands) => {
        const line = new KeyedLine<number>((key) => key);
        const held = line as unknown as { groups: Map<number, unknown>; places: { size: number } };
        const waiting: number[] = []; // keys
        const running: Publication<number>[] = [];
        for (const { what, key } of commands) {
          const publication = new Publication(new Publisher('t'), 1, key);
          if (what === 0) {
            if (line.admits(publication)) running.push(publication);
          } else if (what === 1) {
            line.push(publication);
            waiting.push(key);
          } else if (what === 2 && line.isReady) {
            const taken = line.take();
            waiting.splice(waiting.indexOf(taken.value), 1);
            running.push(taken);
          } else if (what === 3 && running.length > 0) {
            line.release(running.splice(key % running.length, 1)[0]!);
          } else if (what === 4 && line.size > 0) {
            expect(line.oldest()!.value).toBe(waiting[0]);
            expect(line.removeOldest().value).toBe(waiting.shift());
          }
          const busy = running.map(({ value }) => value);
          expect(new Set(busy).size).toBe(busy.length);
          expect(line.size).toBe(waiting.length);
          expect(line.isReady).toBe(waiting.some((key) => !busy.includes(key)));
          expect([...held.groups.keys()].sort()).toEqual([...new Set([...waiting, ...busy])].sort());
          expect(new Set(line.busy().map(({ key }) => key))).toEqual(new Set(busy));
          expect(held.places.size).toBeLessThanOrEqual(waiting.length * 2 + 64);
          expect(line.oldest()?.value).toBe(waiting[0]);
        }
      }),
      runs(),
    );
  });
});

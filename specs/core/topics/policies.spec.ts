import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Overflow, Verdict } from '../../../lib/contracts/delivery.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { OverflowError } from '../../../operators/errors.ts';
import { runs } from '../../support/seed.ts';
import { manual } from './support/manual.ts';
import { useVirtualTime } from './support/virtualTime.ts';

type Text = readonly number[]; // numbers, so that what was merged shows what of

/** A waiting line of one subscriber at concurrency 1, as a reader would write it down. */
class Reference {
  readonly overflow: Overflow;
  readonly size: number;
  readonly parkSize: number;
  readonly started: Text[] = [];
  readonly dropped: Text[] = [];
  readonly refused: Text[] = [];
  parked: Text[] = [];
  line: Text[] = [];
  blocked: Text[] = [];
  isRunning = false;
  isPaused = false;

  constructor(overflow: Overflow, size: number, parkSize: number) {
    this.overflow = overflow;
    this.size = size;
    this.parkSize = parkSize;
  }

  publish(value: Text): Verdict {
    if (!this.isRunning && !this.isPaused && this.line.length + this.blocked.length === 0) return this.start(value);
    if (this.line.length < this.size && this.blocked.length === 0) return (this.line.push(value), 'buffered');
    if (this.overflow === 'block') return (this.blocked.push(value), 'blocked');
    if (this.overflow === 'error') return (this.refused.push(value), 'refused');
    if (this.overflow === 'park') {
      this.parked.push(value);
      if (this.parked.length > this.parkSize) this.dropped.push(this.parked.shift()!);
      return 'parked';
    }
    if (this.overflow === 'dropNewest' || this.size === 0) return (this.dropped.push(value), 'dropped');
    if (this.overflow === 'coalesce') return (this.line.push([...this.line.pop()!, ...value]), 'coalesced');
    this.dropped.push(this.line.shift()!);
    return (this.line.push(value), 'buffered');
  }

  finish(): void {
    this.isRunning = false;
    this.go();
  }

  redrive(): void {
    while (this.parked.length > 0 && this.line.length < this.size) this.line.push(this.parked.shift()!);
    this.go();
  }

  go(): void {
    if (this.isRunning || this.isPaused) return;
    const next = this.line.shift() ?? this.blocked.shift();
    if (next) this.start(next);
    while (this.blocked.length > 0 && this.line.length < this.size) this.line.push(this.blocked.shift()!);
  }

  private start(value: Text): 'accepted' {
    this.isRunning = true;
    this.started.push(value);
    return 'accepted';
  }
}

describe('overflow', () => {
  useVirtualTime();

  it('T7 every policy does what a reference queue does', () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.constant('publish') },
        { weight: 2, arbitrary: fc.constant('finish') },
        { weight: 1, arbitrary: fc.constantFrom('pause', 'resume', 'redrive') },
      ),
      { maxLength: 80 },
    );
    const policies = fc.constantFrom<Overflow>('error', 'dropOldest', 'dropNewest', 'coalesce', 'block', 'park');

    fc.assert(
      fc.property(
        policies,
        fc.nat({ max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        steps,
        (overflow, size, park, steps) => {
          const reference = new Reference(overflow, size, park);
          const topic = new Topic<Text>();
          const dropped: Text[] = [];
          const { delivery, open, values } = manual(topic, 's', {
            overflow,
            bufferSize: size,
            parkSize: park,
            coalesce: (waiting, incoming) => [...waiting, ...incoming],
            onDrop: (value) => dropped.push(value),
          });
          const refused: unknown[] = [];
          topic.errors$.subscribe(({ value, cause }) => {
            refused.push(value);
            expect(cause).toBeInstanceOf(OverflowError);
          });
          let n = 0;
          for (const step of steps) {
            if (step === 'publish') {
              const { verdicts } = topic.publish([n]);
              expect(verdicts.get('s')).toBe(reference.publish([n++]));
            } else if (step === 'finish') {
              if (!reference.isRunning) continue;
              reference.finish();
              open()[0]!.succeed();
            } else if (step === 'redrive') {
              reference.redrive();
              delivery.redrive();
            } else {
              reference.isPaused = step === 'pause';
              reference.go();
              delivery[step]();
            }
            expect(values()).toEqual(reference.started);
            expect({ dropped, refused, parked: delivery.parked() }).toEqual({
              dropped: reference.dropped,
              refused: reference.refused,
              parked: reference.parked,
            });
            expect(delivery.stats()).toMatchObject({
              waiting: reference.line.length,
              blocked: reference.blocked.length,
              running: Number(reference.isRunning),
            });
          }
        },
      ),
      runs(),
    );
  });

  it('T7 an overflow refuses the value at that subscriber only', () => {
    const topic = new Topic<number>();
    const full = manual(topic, 'full', { bufferSize: 1 });
    const other = manual(topic, 'other', { concurrency: Infinity });
    const errors: unknown[] = [];
    topic.errors$.subscribe((error) => errors.push(error));
    const verdicts = [1, 2, 3].map((n) => Object.fromEntries(topic.publish(n).verdicts));

    expect(verdicts).toEqual([
      { full: 'accepted', other: 'accepted' },
      { full: 'buffered', other: 'accepted' },
      { full: 'refused', other: 'accepted' },
    ]);
    expect(errors).toMatchObject([{ subscriber: 'full', id: 3, attempt: 0, value: 3, cause: { bufferSize: 1 } }]);
    expect(full.delivery.stats().refused).toBe(1);
    expect(other.delivery.stats().refused).toBe(0);
  });

  it('T8 block: what is published is taken when there is room, and the publisher is told', () => {
    const topic = new Topic<number>();
    const { open } = manual(topic, 's', { bufferSize: 1, overflow: 'block' });
    const taken: number[] = [];
    for (let n = 1; n <= 5; n++) topic.publish(n).taken$.subscribe({ complete: () => taken.push(n) });
    expect(taken).toEqual([1, 2]);

    open()[0]!.succeed();
    expect(taken).toEqual([1, 2, 3]);
    open()[0]!.succeed();
    open()[0]!.succeed();
    expect(taken).toEqual([1, 2, 3, 4, 5]);
  });

  it('T8 block: no publication is taken before every subscriber that blocks has taken it; leaving releases all', () => {
    const steps = fc.array(
      fc.record({ what: fc.constantFrom('publish', 'finish', 'close'), who: fc.nat({ max: 2 }) }),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(steps, fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }), fc.nat({ max: 2 })), (steps, sizes) => {
        const topic = new Topic<number>();
        const all = sizes.map((bufferSize, i) => manual(topic, `s${i}`, { bufferSize, overflow: 'block' }));
        const untaken = new Set<number>();
        let n = 0;
        const check = () => {
          // What is taken at one is so from its start in line: the ones behind are those that wait for room.
          const mostBlocked = Math.max(...all.map(({ delivery }) => delivery.stats().blocked));
          expect(untaken.size).toBe(mostBlocked);
          expect([...untaken]).toEqual(Array.from({ length: mostBlocked }, (_, i) => n - mostBlocked + i));
        };
        for (const { what, who } of steps) {
          if (what === 'publish') {
            const published = n++;
            untaken.add(published);
            topic.publish(published).taken$.subscribe({ complete: () => untaken.delete(published) });
          } else if (what === 'finish') all[who]!.open()[0]?.succeed();
          else all[who]!.delivery.close();
          check();
        }
        for (const { delivery } of all) delivery.close();
        expect(untaken.size).toBe(0);
      }),
      runs(),
    );
  });

  it('T8 block: the publisher is told also when whoever watches closes the subscriber at once', () => {
    const topic = new Topic<number>();
    const { delivery } = manual(topic, 's', { bufferSize: 0, overflow: 'block' });
    topic.next(1);
    delivery.stats$.subscribe(({ blocked }) => {
      if (blocked > 0) delivery.close();
    });
    const log: string[] = [];
    const { taken$, settled$ } = topic.publish(2);
    taken$.subscribe({ complete: () => log.push('taken') });
    settled$.subscribe({ next: ({ outcome }) => log.push(outcome), complete: () => log.push('settled') });

    expect(log).toEqual(['taken', 'discarded', 'settled']);
  });

  it('T8 block: a handler does not wait for its own subscriber, and a flood does not wait without bound', () => {
    const topic = new Topic<number>();
    const verdicts: (Verdict | undefined)[] = [];
    topic.deliver({
      id: 's',
      bufferSize: 0,
      overflow: 'block',
      handle(n) {
        if (n > 0) return;
        const receipt = topic.publish(1);
        const other = topic.publish(2);
        receipt.settled$.subscribe({ complete: () => verdicts.push(receipt.verdicts.get('s')) });
        other.settled$.subscribe({ complete: () => verdicts.push(other.verdicts.get('s')) });
        return new Promise(() => {});
      },
    });
    topic.next(0);
    expect(verdicts).toEqual(['refused', 'refused']);

    for (let i = 0; i < 2_000; i++) topic.next(3);
    expect(topic.deliveries()[0]!.stats()).toMatchObject({ blocked: 1_024, refused: 2 + 2_000 - 1_024 });
  });

  it('coalesce merges into the newest that waits, and drops the oldest where nothing of its key does', () => {
    const topic = new Topic<{ key: string; n: number }>();
    const dropped: unknown[] = [];
    const { delivery, open, calls } = manual(topic, 's', {
      overflow: 'coalesce',
      bufferSize: 2,
      concurrency: 2,
      partitionKey: ({ key }) => key,
      coalesce: (waiting, incoming) => ({ key: incoming.key, n: waiting.n + incoming.n }),
      onDrop: (value) => dropped.push(value),
    });
    const publish = (key: string, n: number) => topic.publish({ key, n }).verdicts.get('s');

    expect([publish('a', 1), publish('b', 1)]).toEqual(['accepted', 'accepted']);
    expect([publish('a', 10), publish('b', 10)]).toEqual(['buffered', 'buffered']);
    expect([publish('a', 100), publish('b', 100), publish('a', 1_000)]).toEqual([
      'coalesced',
      'coalesced',
      'coalesced',
    ]);
    expect(publish('c', 1)).toBe('buffered');
    expect(dropped).toEqual([{ key: 'a', n: 1_110 }]);

    while (open().length > 0) open()[0]!.succeed();
    expect(calls.map(({ value }) => value)).toEqual([
      { key: 'a', n: 1 },
      { key: 'b', n: 1 },
      { key: 'c', n: 1 },
      { key: 'b', n: 110 },
    ]);
    expect(delivery.stats()).toMatchObject({ offered: 8, succeeded: 4, coalesced: 3, dropped: 1 });
  });

  it('coalesce keeps the newest by default', () => {
    const topic = new Topic<number>();
    const { values, open } = manual(topic, 's', { overflow: 'coalesce', bufferSize: 1 });
    for (let n = 0; n < 10; n++) topic.next(n);
    open()[0]!.succeed();

    expect(values()).toEqual([0, 9]);
  });
});

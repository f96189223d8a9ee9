import fc from 'fast-check';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { DeliveryContract, Overflow } from '../../../lib/contracts/delivery.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { OptionError } from '../../../operators/errors.ts';
import { runs } from '../../support/seed.ts';

interface Value {
  readonly key: string;
  readonly n: number;
}

/** A topic with one subscriber by key whose handlers end on request: `finish(key)`. */
function keyed(contract: Partial<DeliveryContract<Value>>) {
  const topic = new Topic<Value>();
  const handled: string[] = [];
  const running = new Map<string, Subject<never>>();
  const delivery = topic.deliver({
    id: 'keyed',
    concurrency: 2,
    bufferSize: 100,
    bufferSizePerKey: 2,
    partitionKey: ({ key }) => key,
    handle: ({ key, n }) => {
      handled.push(`${key}${n}`);
      const end = new Subject<never>();
      running.set(key, end);
      return end;
    },
    ...contract,
  });
  const publish = (key: string, n: number) => topic.publish({ key, n });
  const verdictOf = (key: string, n: number) => publish(key, n).verdicts.get('keyed');
  const finish = (key: string) => running.get(key)?.complete();
  return { delivery, handled, publish, verdictOf, finish };
}

describe('bufferSizePerKey', () => {
  it('T5 bounds what waits of one key, and leaves the room of the others alone', () => {
    const { verdictOf, delivery } = keyed({});
    expect([1, 2, 3, 4].map((n) => verdictOf('a', n))).toEqual(['accepted', 'buffered', 'buffered', 'refused']);
    expect([1, 2].map((n) => verdictOf('b', n))).toEqual(['accepted', 'buffered']);
    expect(delivery.stats()).toMatchObject({ offered: 6, running: 2, waiting: 3, refused: 1 });
  });

  it.each<[Overflow, string[]]>([
    ['dropOldest', ['a1', 'b1', 'a3', 'a4', 'b2']],
    ['dropNewest', ['a1', 'b1', 'a2', 'a3', 'b2']],
    ['coalesce', ['a1', 'b1', 'a2', 'a4', 'b2']],
    ['park', ['a1', 'b1', 'a2', 'a3', 'b2']],
    ['error', ['a1', 'b1', 'a2', 'a3', 'b2']],
    ['block', ['a1', 'b1', 'a2', 'a3', 'a4', 'b2']],
  ])('T7 %s looks at the key alone', (overflow, expected) => {
    const { publish, handled, finish } = keyed({ overflow });
    for (const [key, n] of [
      ['b', 1],
      ['a', 1],
      ['a', 2],
      ['a', 3],
      ['a', 4],
      ['b', 2],
    ] as const)
      publish(key, n);
    for (let i = 0; i < 5; i++) for (const key of ['a', 'b']) finish(key);
    expect([...handled].sort()).toEqual([...expected].sort());
    expect(handled.filter((words) => words.startsWith('a'))).toEqual(expected.filter((words) => words.startsWith('a')));
  });

  it('T10 blocks the publisher of a key that is stuck, and nobody else', () => {
    const { publish, handled, finish } = keyed({ overflow: 'block' });
    const taken: string[] = [];
    const tell = (key: string, n: number) =>
      publish(key, n).taken$.subscribe({ complete: () => taken.push(`${key}${n}`) });
    for (const n of [1, 2, 3, 4, 5]) tell('stuck', n);
    for (const n of [1, 2, 3]) tell('fine', n);
    for (let i = 0; i < 3; i++) finish('fine');
    expect(taken).toEqual(['stuck1', 'stuck2', 'stuck3', 'fine1', 'fine2', 'fine3']);
    expect(handled).toEqual(['stuck1', 'fine1', 'fine2', 'fine3']);
  });

  it('T1 T5 T6 keeps the order of each key and every bound, and accounts for all', () => {
    const step = fc.oneof(
      fc.record({ publish: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ finish: fc.constantFrom('a', 'b', 'c') }),
    );
    const overflow = fc.constantFrom<Overflow>('error', 'dropOldest', 'dropNewest', 'coalesce', 'block', 'park');
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        overflow,
        fc.integer({ min: 0, max: 3 }),
        (steps, policy, most) => {
          const { publish, handled, finish, delivery } = keyed({
            overflow: policy,
            bufferSizePerKey: most,
            bufferSize: 5,
          });
          steps.forEach((what, n) => {
            if ('publish' in what) publish(what.publish, n);
            else finish(what.finish);
            const { waiting, running, offered, ...stats } = delivery.stats();
            expect(waiting).toBeLessThanOrEqual(Math.min(5, 3 * most));
            const { succeeded, failed, coalesced, dropped, parked, refused, discarded, blocked } = stats;
            const ended = succeeded + failed + coalesced + dropped + parked + refused + discarded;
            expect(ended + blocked + waiting + running).toBe(offered);
          });
          for (const key of ['a', 'b', 'c']) {
            const order = handled.filter((words) => words.startsWith(key)).map((words) => Number(words.slice(1)));
            expect(order).toEqual([...order].sort((x, y) => x - y));
          }
        },
      ),
      runs(500),
    );
  });

  it('X8 refuses a bound that cannot be meant', () => {
    for (const bufferSizePerKey of [-1, 0.5, NaN]) {
      expect(() => keyed({ bufferSizePerKey })).toThrow(OptionError);
    }
  });
});

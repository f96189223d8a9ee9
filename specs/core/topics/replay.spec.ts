import fc from 'fast-check';
import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ClosedError } from '../../../lib/contracts/deliveryFailure.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { record } from '../../support/record.ts';
import { runs } from '../../support/seed.ts';

describe('replay', () => {
  it('gives whoever comes later the last values, as its own publications, under its contract', () => {
    fc.assert(
      fc.property(fc.nat({ max: 5 }), fc.nat({ max: 8 }), fc.nat({ max: 3 }), (replay, before, after) => {
        const topic = new Topic<number>({ replay });
        for (let n = 1; n <= before; n++) topic.next(n);
        const seen: [number, number][] = [];
        const delivery = topic.deliver({ id: 's', handle: (value, { id }) => void seen.push([value, id]) });
        const observed = record(topic.replay$);
        const plain = record(topic);
        for (let n = before + 1; n <= before + after; n++) topic.next(n);

        const all = Array.from({ length: before + after }, (_, i) => i + 1);
        const expected = all.slice(before - Math.min(replay, before));
        expect(seen).toEqual(expected.map((n) => [n, n]));
        expect(observed).toEqual(expected);
        expect(plain).toEqual(all.slice(before));
        expect(delivery.stats()).toMatchObject({ offered: expected.length, succeeded: expected.length });
      }),
      runs(),
    );
  });

  it('settles no receipt twice: what is replayed was settled for those who were there', () => {
    const topic = new Topic<number>({ replay: 1 });
    const receipt = topic.publish(1);
    topic.deliver({ id: 'late', handle: () => NEVER });

    expect(record(receipt.settled$)).toEqual(['complete']);
    expect([...receipt.verdicts]).toEqual([]);
  });

  it('keeps to the bounds of whoever gets it', () => {
    const topic = new Topic<number>({ replay: 5 });
    for (let n = 1; n <= 5; n++) topic.next(n);
    const lost: number[] = [];
    const delivery = topic.deliver({
      id: 's',
      bufferSize: 1,
      overflow: 'dropOldest',
      onDrop: (value) => lost.push(value),
      handle: () => NEVER,
    });

    expect(delivery.stats()).toMatchObject({ offered: 5, running: 1, waiting: 1, dropped: 3 });
    expect(lost).toEqual([2, 3, 4]);
  });

  it('stops at once for whoever has taken enough, and tells those who come after the end', () => {
    const topic = new Topic<number>({ replay: 3 });
    for (let n = 1; n <= 3; n++) topic.next(n);
    const seen: number[] = [];
    const subscription = topic.replay$.subscribe((value) => {
      seen.push(value);
      if (value === 2) queueMicrotask(() => subscription.unsubscribe());
    });
    topic.complete();
    expect(seen).toEqual([1, 2, 3]);
    expect(record(topic.replay$)).toEqual([1, 2, 3, 'complete']);

    topic.unsubscribe();
    expect(record(topic.replay$).at(-1)).toBeInstanceOf(ClosedError);
  });
});

describe('whenAttached', () => {
  it('completes once there are so many, and at once where there are', () => {
    const topic = new Topic<number>();
    const two = record(topic.whenAttached(2));
    expect(record(topic.whenAttached(0))).toEqual(['complete']);
    const first = topic.deliver({ id: 'a', handle: () => {} });
    first.close();
    topic.deliver({ id: 'b', handle: () => {} });
    expect(two).toEqual([]); // those that have ended do not count

    topic.deliver({ id: 'c', handle: () => {} });
    expect(two).toEqual(['complete']);
    expect(record(topic.whenAttached(2))).toEqual(['complete']);
  });

  it('lets a first publication wait for its subscribers, from within a handler, too', () => {
    const topic = new Topic<string>();
    const seen: string[] = [];
    topic.whenAttached(2).subscribe({ complete: () => topic.next('all are here') });
    topic.deliver({ id: 'a', handle: (value) => void seen.push(`a ${value}`) });
    topic.deliver({ id: 'b', handle: (value) => void seen.push(`b ${value}`) });

    expect(seen).toEqual(['a all are here', 'b all are here']);
  });

  it('lets whoever waits go', () => {
    const topic = new Topic<number>();
    const ends: string[] = [];
    topic
      .whenAttached(1)
      .subscribe({ complete: () => ends.push('complete') })
      .unsubscribe();
    topic.deliver({ id: 'a', handle: () => {} });

    expect(ends).toEqual([]);
  });
});

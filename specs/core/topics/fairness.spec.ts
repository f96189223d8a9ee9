import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { runs } from '../../support/seed.ts';
import { useVirtualTime } from './support/virtualTime.ts';

/** A topic whose subscribers have so many values waiting each, and let go of all at once. */
function backlog(waiting: readonly number[], handle: (subscriber: number) => void) {
  const topic = new Topic<number>();
  const deliveries = waiting.map((bufferSize, i) =>
    topic.deliver({
      id: `s${i}`,
      bufferSize,
      overflow: 'dropOldest',
      watermarks: { high: bufferSize + 1 }, // that is no timer
      handle: () => handle(i),
    }),
  );
  for (const delivery of deliveries) delivery.pause();
  for (let n = 0; n < Math.max(...waiting); n++) topic.next(n);
  return {
    topic,
    deliveries,
    letGo(): void {
      const once = topic.subscribe(() => {
        once.unsubscribe();
        for (const delivery of deliveries) delivery.resume();
      });
      topic.next(-1);
    },
  };
}

describe('fairness', () => {
  useVirtualTime();

  it('T21 between two starts of one, each other that is ready starts', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 5 }), (waiting) => {
        const starts: number[] = [];
        const { letGo, deliveries } = backlog(waiting, (i) => starts.push(i));
        letGo();

        const unfair = starts.flatMap((one, i) => {
          const next = starts.indexOf(one, i + 1);
          if (next < 0) return [];
          const others = new Set(starts.slice(next).filter((other) => other !== one));
          return [...others].filter((other) => !starts.slice(i + 1, next).includes(other));
        });
        expect(unfair, starts.join(' ')).toEqual([]);
        expect(deliveries.every((delivery) => delivery.stats().waiting === 0)).toBe(true);
      }),
      runs(500),
    );
  });

  it('T21 the loop gives way to timers every 10 ms, as far as handlers let it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 10, max: 400 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(0.02, 0.1, 0.2, 0.5, 1, 2, 5, 20),
        (waiting, costMs) => {
          const begun = Date.now();
          let spentMs = 0;
          const { letGo, deliveries } = backlog(waiting, () => {
            spentMs += costMs;
            vi.setSystemTime(begun + Math.floor(spentMs));
          });
          const stretches: number[] = [];
          const stretch = (run: () => void): void => {
            const before = spentMs;
            run();
            stretches.push(spentMs - before);
          };
          stretch(letGo);
          while (vi.getTimerCount() > 0) stretch(() => vi.advanceTimersToNextTimer());

          expect(Math.max(...stretches)).toBeLessThanOrEqual(10 + 2 * costMs);
          expect(deliveries.every((delivery) => delivery.stats().waiting === 0)).toBe(true);
        },
      ),
      runs(200),
    );
  });

  it('T18 a backlog of handlers that end at once takes no stack', () => {
    const depths: number[] = [];
    let started = 0;
    const { letGo, deliveries } = backlog([100_000, 50_000], () => {
      if (started++ % 1_000 === 0) depths.push(depthOfStack());
    });
    letGo();

    expect(started).toBe(150_000);
    expect(new Set(depths).size).toBe(1);
    expect(deliveries.map((delivery) => delivery.stats().waiting)).toEqual([0, 0]);
  });
});

function depthOfStack(): number {
  return new Error().stack!.split('\n').length;
}

import { debounceTime, interval, merge, mergeMap, of, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { explore, InvariantError } from '../../lib/testing/explore.ts';
import { atMost, endsOnce, inOrder, noLeak, noLoss, valuesOf } from '../../lib/testing/invariants.ts';
import type { SourceEnd, World } from '../../lib/testing/exploredWorld.ts';
import { mergeMapBounded, mergeSorted } from '../../operators/index.ts';
import { plantedBugs, soundPipelines } from './support/plantedBugs.ts';

function failureOf(run: () => unknown): InvariantError {
  try {
    run();
  } catch (failure) {
    if (failure instanceof InvariantError) return failure;
    throw failure;
  }
  throw new Error('nothing was found');
}

const SEEDS = Array.from({ length: 20 }, (_, n) => n + 1);

describe('explore', () => {
  it.each(plantedBugs)(
    'finds $name within 500 runs, in at most 5 choices, and again',
    ({ pipeline, invariants, breaks }) => {
      for (const seed of SEEDS) {
        const found = failureOf(() => explore(pipeline, { invariants, seed }));
        expect(found.invariant).toBe(breaks);
        expect(found.runs).toBeLessThanOrEqual(500);
        expect(found.choices.length).toBeLessThanOrEqual(5);

        const again = failureOf(() => explore(pipeline, { invariants, replay: found.replay }));
        expect([again.invariant, again.replay]).toEqual([found.invariant, found.replay]);
        expect(again.message.split('\n').slice(1)).toEqual(found.message.split('\n').slice(1));
      }
    },
  );

  it.each(soundPipelines)('finds nothing wrong with $name that has no mistake', ({ pipeline, invariants }) => {
    for (const seed of SEEDS) expect(explore(pipeline, { invariants, seed }).distinct).toBeGreaterThan(50);
  });

  it('finds nothing wrong with what we offer', () => {
    const bounded = ({ source, call }: World) =>
      source('in', [1, 2, 3, 4, 5]).pipe(mergeMapBounded((n) => call(`call ${n}`, n), { concurrency: 2 }));
    const sorted = ({ source }: World) =>
      mergeSorted([source('in a', [1, 4, 4]), source('in b', [2, 4]), source('in c', [])], {
        compare: (a, b) => a - b,
      });
    const all = noLoss((story) => valuesOf(story, 'in'));

    explore(bounded, { invariants: [atMost(2, 'call'), all, endsOnce, noLeak], runs: 2_000 });
    explore(sorted, { invariants: [inOrder<number>((a, b) => a - b), all, endsOnce, noLeak], runs: 2_000 });
  });

  it('has sources that fail, and sources without an end', () => {
    const failure = new Error('source');
    const ends = (end: SourceEnd) => {
      const seen = new Set<string>();
      const pipeline = ({ source }: World) => source('in', [1], end);
      explore(pipeline, { invariants: [{ name: 'seen', broken: ({ ended }) => void seen.add(ended) }], runs: 50 });
      return [...seen].sort();
    };
    expect(ends({ fails: failure })).toEqual(['cancelled', 'error']);
    expect(ends({ completes: false })).toEqual(['cancelled', 'open']);
    expect(ends({ completes: true })).toEqual(['cancelled', 'complete']);
  });

  it('counts calls of the same name one by one', () => {
    const pipeline = ({ source, call }: World) => source('in', [1, 2, 3]).pipe(mergeMap((n) => call('call', n)));
    expect(failureOf(() => explore(pipeline, { invariants: [atMost(2, 'call')] })).message).toContain('3 of call run');
  });

  it('lets timers come early and late', () => {
    const seen = new Set<string>();
    const pipeline = ({ source }: World) => merge(source('in', ['a', 'b']), interval(10).pipe(take(2)));
    const story = {
      name: 'seen',
      broken: ({ story: told }: { story: any }) => void seen.add(valuesOf(told, 'out').join('')),
    };

    explore(pipeline, { invariants: [story] });
    for (const order of ['ab01', '0a1b', '01ab', 'a0b1']) expect([...seen]).toContain(order);
  });

  it('tells a timer that is left', () => {
    const pipeline = ({ source }: World) => {
      source('in', [1]).pipe(debounceTime(5)).subscribe();
      return of(1);
    };
    const leaking = () => {
      interval(5).subscribe();
      return of(1, 2);
    };
    expect(failureOf(() => explore(pipeline, { invariants: [noLeak] })).message).toContain('in is still subscribed to');
    expect(failureOf(() => explore(leaking, { invariants: [noLeak] })).message).toContain('a timer is still set');
  });

  it('goes the same way for the same seed', () => {
    const { pipeline, invariants } = plantedBugs[0]!;
    const messages = [7, 7].map((seed) => failureOf(() => explore(pipeline, { invariants, seed })).message);
    expect(messages[0]).toBe(messages[1]);
  });

  it('shows what happened as marbles', () => {
    const { pipeline, invariants } = plantedBugs.find(({ name }) => name === 'a lost wake-up')!;
    expect(failureOf(() => explore(pipeline, { invariants })).message).toMatchInlineSnapshot(`
      "one end: nothing can happen any more, and it has not ended (run 3; again with replay: '1.1 2.2 3.2 5.1')

      in      ^ABCD-   |-   ----
      call 1  -^---(A|)--   ----
      call 2  --^---   -(B|)----
      out     -----A   -B   C---
      call 3  -----^   --   (C|)
      A = 1
      B = 2
      C = 3
      D = 4
      "
    `);
  });

  it('stops at what takes no end', () => {
    const found = failureOf(() => explore(() => interval(1), { invariants: [endsOnce], maxSteps: 50 }));
    expect(found.message).toContain('it takes no end');
  });

  it('throws what a pipeline throws, and takes an error for an end', () => {
    const failure = new Error('made');
    expect(() =>
      explore(
        () => {
          throw failure;
        },
        { invariants: [] },
      ),
    ).toThrow(failure);
    expect(explore(() => throwError(() => failure), { invariants: [endsOnce, noLeak], runs: 3 }).runs).toBe(3);
    expect(() => explore(() => of(1), { invariants: [], replay: '3-1' })).toThrow('3-1');
  });
});

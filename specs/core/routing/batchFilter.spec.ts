import fc from 'fast-check';
import { concat, EMPTY, ignoreElements, NEVER, Subject, throwError, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batchFilter } from '../../../lib/core/routing/batchFilter.ts';
import { chainFilters } from '../../../lib/core/routing/chainFilters.ts';
import { splitFilter } from '../../../lib/core/routing/splitFilter.ts';
import { countTimers } from '../../../lib/testing/countTimers.ts';
import { OptionError } from '../../../operators/errors.ts';
import { marbles } from '../../support/marbles.ts';
import { record } from '../../support/record.ts';
import { runs } from '../../support/seed.ts';
import { event, sink } from './support.ts';

const after = (ms: number, delivery$: Observable<never>) => concat(timer(ms).pipe(ignoreElements()), delivery$);

describe('batchFilter', () => {
  it('makes two events of ten, in batches of five', () => {
    const { next, events } = sink();
    const filter = batchFilter({ size: 5 });
    const ends = Array.from({ length: 10 }, (_, i) =>
      record(filter({ ...event(`e${i}`, i), receivedAt: 9 - i }, next)),
    );
    expect(ends.every(([end]) => end === 'complete')).toBe(true);
    expect(events).toEqual([
      { id: 'e0..e4', tenant: 't', receivedAt: 5, payload: [0, 1, 2, 3, 4] },
      { id: 'e5..e9', tenant: 't', receivedAt: 0, payload: [5, 6, 7, 8, 9] },
    ]);
  });

  it(
    'hands on what it has when the time is over, counted from the first event',
    marbles(({ cold, expectObservable, flush }) => {
      const { next, payloads } = sink(() => cold<never>('--|'));
      const filter = batchFilter({ size: 3, flushMs: 5 });
      const give = (n: number) => filter(event(`e${n}`, n), next);

      expectObservable(after(0, give(1))).toBe(' 5ms --|');
      expectObservable(after(4, give(2))).toBe(' 5ms --|');
      expectObservable(after(6, give(3))).toBe(' 11ms --|'); // a batch of its own
      flush();

      expect(payloads()).toEqual([[1, 2], [3]]);
    }),
  );

  it(
    'hands on a full batch at once, and does not wait for its time',
    marbles(({ cold, expectObservable, flush }) => {
      const { next, payloads } = sink(() => cold<never>('-|'));
      const filter = batchFilter({ size: 2, flushMs: 100 });
      const give = (n: number) => filter(event(`e${n}`, n), next);

      expectObservable(after(1, give(1))).toBe(' ---|');
      expectObservable(after(2, give(2))).toBe(' ---|');
      expectObservable(after(2, give(3))).toBe(' ----|');
      expectObservable(after(3, give(4))).toBe(' ----|');
      flush();

      expect(payloads()).toEqual([
        [1, 2],
        [3, 4],
      ]);
    }),
  );

  it('fails every event of a batch that fails', () => {
    const down = new Error('down');
    const filter = batchFilter({ size: 2 });
    const ends = [1, 2].map((n) => record(filter(event(String(n)), () => throwError(() => down))));
    expect(ends).toEqual([[down], [down]]);
  });

  it('takes what handing on throws for the failure of the batch, and goes on with the next', () => {
    let calls = 0;
    const filter = batchFilter({ size: 1 });
    const next = (): Observable<never> => {
      if (++calls === 1) throw new Error('thrown');
      return EMPTY;
    };
    expect(record(filter(event('1'), next))).toMatchObject([{ message: 'thrown' }]);
    expect(record(filter(event('2'), next))).toEqual(['complete']);
  });

  it(
    'leaves out an event that is given up before, and lets the others go on when one is given up later',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const way$ = cold<never>('-----|');
      const { next, payloads } = sink(() => way$);
      const filter = batchFilter({ size: 10, flushMs: 4 });
      const give = (n: number) => filter(event(`e${n}`, n), next);

      expectObservable(give(1)).toBe('        4ms -----|');
      expectObservable(give(2), '^-!').toBe(' ---');
      expectObservable(give(3), '^-----!').toBe('-------');
      expectSubscriptions(way$.subscriptions).toBe('----^----!');
      flush();

      expect(payloads()).toEqual([[1, 3]]);
    }),
  );

  it(
    'gives up a batch on its way when its last event is given up',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const way$ = cold<never>('------|');
      const filter = batchFilter({ size: 2 });

      expectObservable(
        filter(event('1'), () => way$),
        '^--!',
      ).toBe('----');
      expectObservable(
        filter(event('2'), () => way$),
        '^----!',
      ).toBe('------');
      expectSubscriptions(way$.subscriptions).toBe('^----!');
    }),
  );

  it('begins anew when every event of a batch was given up before it went on', () => {
    const { next, payloads } = sink();
    const filter = batchFilter({ size: 2 });
    const left = countTimers(() => {
      filter(event('1', 1), next).subscribe().unsubscribe();
      filter(event('2', 2), next).subscribe().unsubscribe();
      expect(payloads()).toEqual([]);
      filter(event('3', 3), next).subscribe();
      filter(event('4', 4), next).subscribe();
    });
    expect(payloads()).toEqual([[3, 4]]);
    expect(left).toBe(0);
  });

  it('never puts events of different tenants into one batch', () => {
    const { next, events } = sink();
    const filter = batchFilter({ size: 2 });
    for (const [id, tenant] of [
      ['1', 'a'],
      ['2', 'b'],
      ['3', 'a'],
      ['4', 'b'],
    ] as const) {
      record(filter(event(id, id, tenant), next));
    }
    expect(events).toMatchObject([
      { tenant: 'a', payload: ['1', '3'] },
      { tenant: 'b', payload: ['2', '4'] },
    ]);
  });

  it('counts an event that comes twice as two', () => {
    const { next, payloads } = sink();
    const filter = batchFilter({ size: 2 });
    const given = event('1', 1);
    record(filter(given, next));
    record(filter(given, next));
    expect(payloads()).toEqual([[1, 1]]);
  });

  it('takes the parts of a split event', () => {
    const { next, payloads } = sink();
    const deliver = chainFilters([splitFilter(), batchFilter({ size: 5 })], next);
    expect(record(deliver(event('e', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])))).toEqual(['complete']);
    expect(payloads()).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
    ]);
  });

  it('can be fed from inside: what a batch causes goes into the next one', () => {
    const filter = batchFilter({ size: 1 });
    const { next, payloads } = sink(({ payload }) => {
      const [n] = payload as [number];
      return n < 3 ? filter(event('x', n + 1), next) : EMPTY;
    });
    expect(record(filter(event('x', 1), next))).toEqual(['complete']);
    expect(payloads()).toEqual([[1], [2], [3]]);
  });

  it('X3 leaves no timer, wherever it is left', () => {
    const left = countTimers(() => {
      for (const flushMs of [0, 10, Infinity]) {
        const filter = batchFilter({ size: 3, flushMs });
        const all = [1, 2].map((n) => filter(event(String(n)), () => NEVER).subscribe());
        for (const one of all) one.unsubscribe();
      }
    });
    expect(left).toBe(0);
  });

  it('delivers or fails each event exactly once, in one batch, over any arrivals, leaves and ends', () => {
    const act = fc.constantFrom('arrive', 'arrive', 'arrive', 'leave', 'succeed', 'fail');
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), fc.nat(), (acts, size, pick) => {
        const filter = batchFilter({ size });
        const ways: { members: readonly string[]; way: Subject<never> }[] = [];
        const entries: { id: string; ends: string[]; leave: () => void; left: boolean }[] = [];
        const next = ({ payload }: { payload: unknown }) => {
          const way = new Subject<never>();
          ways.push({ members: payload as string[], way });
          return way;
        };
        const left = countTimers(() => {
          acts.forEach((what, i) => {
            const openEntries = entries.filter(({ ends, left: gone }) => ends.length === 0 && !gone);
            const chosen = openEntries[pick % Math.max(1, openEntries.length)];
            const [way] = ways.filter((each) => each.way.observed);
            if (what === 'arrive') {
              const entry = { id: `e${i}`, ends: [] as string[], leave: () => {}, left: false };
              entries.push(entry);
              const subscription = filter(event(entry.id, entry.id), next).subscribe({
                error: () => entry.ends.push('failed'),
                complete: () => entry.ends.push('delivered'),
              });
              entry.leave = () => subscription.unsubscribe();
            } else if (what === 'leave' && chosen) {
              chosen.left = true;
              chosen.leave();
            } else if (what === 'succeed') way?.way.complete();
            else if (what === 'fail') way?.way.error(new Error('down'));
          });
          entries.forEach(({ leave }) => leave());
        });
        const flown = ways.flatMap(({ members }) => members);
        expect(new Set(flown).size).toBe(flown.length);
        expect(ways.every(({ members }) => members.length === size)).toBe(true);
        expect(entries.every(({ ends }) => ends.length <= 1)).toBe(true);
        expect(ways.some(({ way }) => way.observed)).toBe(false);
        expect(left).toBe(0);
      }),
      runs(),
    );
  });

  it.each([{ size: 0 }, { size: 1.5 }, { size: 1, flushMs: -1 }, { size: 1, flushMs: NaN }])(
    'refuses %j',
    (options) => {
      expect(() => batchFilter(options)).toThrow(OptionError);
    },
  );
});

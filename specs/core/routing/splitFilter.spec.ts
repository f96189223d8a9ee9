import fc from 'fast-check';
import { catchError, EMPTY, NEVER, throwError, timer, ignoreElements, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { chainFilters } from '../../../lib/core/routing/chainFilters.ts';
import { splitFilter } from '../../../lib/core/routing/splitFilter.ts';
import { OptionError } from '../../../operators/errors.ts';
import { countTimers } from '../../../lib/testing/countTimers.ts';
import { marbles } from '../../support/marbles.ts';
import { record } from '../../support/record.ts';
import { runs } from '../../support/seed.ts';
import { event, sink } from './support.ts';

describe('splitFilter', () => {
  it('makes an event of each element, in order, and each with an id of its own', () => {
    const { next, events } = sink();
    const given = { ...event('e', { lines: ['x', { y: 1 }, null] }), receivedAt: 3 };

    expect(record(splitFilter({ path: 'lines' })(given, next))).toEqual(['complete']);

    expect(events).toEqual([
      { ...given, id: 'e.0', payload: 'x' },
      { ...given, id: 'e.1', payload: { y: 1 } },
      { ...given, id: 'e.2', payload: null },
    ]);
  });

  it('makes ten events of one, and of each of those as many again: a split in a split', () => {
    const { next, ids } = sink();
    const deliver = chainFilters([splitFilter(), splitFilter()], next);
    record(deliver(event('e', [[1, 2], [], [3]])));
    expect(ids()).toEqual(['e.0.0', 'e.0.1', 'e.2.0']);
  });

  it('acknowledges an empty list, and fails what is no list', () => {
    const { next } = sink();
    expect(record(splitFilter()(event('e', []), next))).toEqual(['complete']);
    for (const payload of [null, 'abc', { length: 2 }, undefined]) {
      expect(record(splitFilter()(event('e', payload), next))).toMatchObject([
        { name: 'SplitError', code: 'not_split', message: 'the payload is not a list: nothing to split' },
      ]);
    }
    expect(record(splitFilter({ path: 'a.b' })(event('e', { a: {} }), next))).toMatchObject([
      { message: '/a/b is not a list: nothing to split' },
    ]);
  });

  it('fails a list of too many parts before the first of them is sent', () => {
    const { next, ids } = sink();
    const filter = splitFilter({ maxParts: 2 });
    expect(record(filter(event('e', [1, 2, 3]), next))).toMatchObject([{ code: 'not_split' }]);
    expect(ids()).toEqual([]);
    expect(record(filter(event('e', [1, 2]), next))).toEqual(['complete']);
  });

  it(
    'completes with its last part, some of them being on their way at the same time',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const parts = [cold<never>('--|'), cold<never>('----|'), cold<never>('--|')];
      const next = ({ payload }: { payload: unknown }) => parts[payload as number]!;

      expectObservable(splitFilter({ concurrency: 2 })(event('e', [0, 1, 2]), next)).toBe('----|');
      expectSubscriptions(parts[0]!.subscriptions).toBe('^-!');
      expectSubscriptions(parts[1]!.subscriptions).toBe('^---!');
      expectSubscriptions(parts[2]!.subscriptions).toBe('--^-!');
    }),
  );

  it(
    'fails when a part does, after all others had their chance, and names those that failed',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const down = new Error('down');
      const parts = [cold<never>('------|'), cold<never>('--#', {}, down), cold<never>('-#', {}, new Error('later'))];
      const seen: unknown[] = [];
      const delivery$ = splitFilter()(event('e', [0, 1, 2]), ({ payload }) => parts[payload as number]!);

      const noted$ = delivery$.pipe(
        catchError((failure: unknown) => {
          seen.push(failure);
          return EMPTY;
        }),
      );
      expectObservable(noted$).toBe('------|');
      expectSubscriptions(parts[0]!.subscriptions).toBe('^-----!');
      flush();

      expect(seen).toMatchObject([{ failed: [1, 2], cause: down, message: '2 of 3 parts were not delivered: down' }]);
    }),
  );

  it('takes what handing on throws for the failure of that part', () => {
    const next = ({ payload }: { payload: unknown }): Observable<never> => {
      if (payload === 1) throw new Error('thrown');
      return EMPTY;
    };
    expect(record(splitFilter()(event('e', [0, 1, 2]), next))).toMatchObject([{ failed: [1] }]);
  });

  it('X3 gives up every part when it is unsubscribed, and leaves nothing', () => {
    const timers = countTimers(() => {
      const next = () => timer(1_000).pipe(ignoreElements());
      splitFilter()(event('e', [0, 1, 2]), next)
        .subscribe()
        .unsubscribe();
    });
    expect(timers).toBe(0);
  });

  it('delivers 1 000 parts that are there at once in constant stack', () => {
    const { next, ids } = sink();
    expect(record(splitFilter({ concurrency: 1 })(event('e', Array(1_000).fill(0)), next))).toEqual(['complete']);
    expect(ids()).toHaveLength(1_000);
  });

  it('names exactly the parts that failed, whatever fails', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), fc.integer({ min: 1, max: 8 }), (fails, concurrency) => {
        const next = ({ payload }: { payload: unknown }) =>
          payload === true ? throwError(() => new Error('no')) : EMPTY;
        const [end] = record(splitFilter({ concurrency })(event('e', fails), next));
        const expected = fails.flatMap((each, i) => (each ? [i] : []));
        if (expected.length === 0) expect(end).toBe('complete');
        else expect(end).toMatchObject({ failed: expected });
      }),
      runs(),
    );
  });

  it('waits for a part that never ends', () => {
    expect(record(splitFilter()(event('e', [0, 1]), ({ payload }) => (payload === 0 ? NEVER : EMPTY)))).toEqual([]);
  });

  it.each([{ maxParts: 0 }, { maxParts: 1.5 }, { concurrency: 0 }, { concurrency: NaN }])('refuses %j', (options) => {
    expect(() => splitFilter(options)).toThrow(OptionError);
  });
});

import { EMPTY, merge, of, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { chainFilters } from '../../../lib/core/routing/chainFilters.ts';
import type { Filter } from '../../../lib/core/routing/filter.ts';
import { marbles } from '../../support/marbles.ts';
import { record } from '../../support/record.ts';

const pass: Filter<string> = (event, next) => next(event);
const block: Filter<string> = () => EMPTY;
const double: Filter<string> = (event, next) => merge(next(event), next(event));

describe('chainFilters', () => {
  it.each([
    [[], 1],
    [[pass], 1],
    [[block], 0],
    [[double], 2],
    [[pass, pass], 1],
    [[pass, block], 0],
    [[block, pass], 0],
    [[pass, double], 2],
    [[double, pass], 2],
    [[double, double], 4],
  ] as const)('makes of one event as many as its filters do, and twice as many of two: %#', (filters, count) => {
    const sent: string[] = [];
    const deliver = chainFilters<string>(filters, (event) => {
      sent.push(event);
      return EMPTY;
    });

    expect(record(deliver('a'))).toEqual(['complete']);
    expect(sent).toEqual(Array(count).fill('a'));
    expect(record(merge(deliver('b'), deliver('c')))).toEqual(['complete']);
    expect(sent).toHaveLength(3 * count);
  });

  it('does nothing before it is subscribed to, and all of it again when it is subscribed to again', () => {
    let calls = 0;
    const count: Filter<string> = (event, next) => {
      calls++;
      return next(event);
    };
    const sent: string[] = [];
    const delivery$ = chainFilters([count], (event: string) => {
      sent.push(event);
      return EMPTY;
    })('a');
    expect([calls, sent]).toEqual([0, []]);

    record(delivery$);
    record(delivery$);

    expect([calls, sent]).toEqual([2, ['a', 'a']]);
  });

  it('hands events on in the order of its filters', () => {
    const mark =
      (letter: string): Filter<string> =>
      (event, next) =>
        next(event + letter);
    const sent: string[] = [];
    record(chainFilters([mark('1'), mark('2'), mark('3')], (event) => of(void sent.push(event)) as never)('e'));
    expect(sent).toEqual(['e123']);
  });

  it(
    'completes when the event is delivered, errors when it is not, and gives it up when it is unsubscribed',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const failure = new Error('down');
      const slow$ = cold<never>('    ---|');
      const failing$ = cold<never>(' --#', {}, failure);
      const endless$ = cold<never>(' -----');
      const via = (send$: Observable<never>) => chainFilters([pass, pass], () => send$)('e');

      expectObservable(via(slow$)).toBe('        ---|');
      expectObservable(via(failing$)).toBe('     --#', {}, failure);
      expectObservable(via(endless$), '--!').toBe('---');
      expectSubscriptions(endless$.subscriptions).toBe('^-!');
    }),
  );

  it('X8 takes what a filter or the sender throws for an error of the event', () => {
    const failure = new Error('thrown');
    const thrower = (): Observable<never> => {
      throw failure;
    };
    expect(record(chainFilters([thrower], () => EMPTY)('e'))).toEqual([failure]);
    expect(record(chainFilters([pass], thrower)('e'))).toEqual([failure]);
    expect(record(chainFilters([pass], () => throwError(() => failure))('e'))).toEqual([failure]);
  });
});

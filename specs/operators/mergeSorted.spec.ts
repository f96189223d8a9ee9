import { EMPTY, from, NEVER, Observable, of, range, Subject, take, tap, throwError, type ObservableInput } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { operatorLaws } from '../../lib/testing/operatorLaws.ts';
import {
  ComparatorError,
  mergeSorted,
  mergeSortedWith,
  OptionError,
  OverflowError,
  SourceOrderError,
  type MergeSortedOptions,
} from '../../operators/index.ts';
import { marbles } from '../support/marbles.ts';
import { record } from '../support/record.ts';

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const byNumber = { compare: (a: number, b: number) => a - b };

describe('mergeSorted', () => {
  it(
    'merges ordered sources into one ordered stream',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const a$ = cold('  --1---4---|    ');
      const aSubs = '    ^---------!    ';
      const b$ = cold('  ----2---5---6-|');
      const bSubs = '    ^-------------!';
      const expected = ' ----1-2-4-5-6-|';

      expectObservable(mergeSorted([a$, b$], { compare })).toBe(expected);
      expectSubscriptions(a$.subscriptions).toBe(aSubs);
      expectSubscriptions(b$.subscriptions).toBe(bSubs);
    }),
  );

  it(
    'M7 holds every value back while one source is silent',
    marbles(({ cold, expectObservable }) => {
      const fast$ = cold('   -1-2-3-|              ');
      const silent$ = cold(' -----------9---------|');
      const expected = '     -----------(1239)----|';

      expectObservable(mergeSorted([fast$, silent$], { compare })).toBe(expected);
    }),
  );

  it(
    'M7 emits nothing as long as one source shows nothing',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      -1-2|');
      const silent$ = cold(' -----');
      const silentSubs = '   ^----';
      const expected = '     -----';

      expectObservable(mergeSorted([a$, silent$], { compare })).toBe(expected);
      expectSubscriptions(silent$.subscriptions).toBe(silentSubs);
    }),
  );

  it(
    'M7 goes on once a source has ended that showed nothing',
    marbles(({ cold, expectObservable }) => {
      const a$ = cold('     -1-2-------4-|');
      const empty$ = cold(' -----|        ');
      const expected = '    -----(12)--4-|';

      expectObservable(mergeSorted([a$, empty$], { compare })).toBe(expected);
    }),
  );

  it(
    'M4 puts the value of the earlier source first when values are equal',
    marbles(({ cold, expectObservable }) => {
      const values = { a: { at: 1, from: 'first' }, b: { at: 1, from: 'second' }, c: { at: 1, from: 'third' } };
      const first$ = cold('  ---a|      ', values);
      const second$ = cold(' -b--------|', values);
      const third$ = cold('  --c-|      ', values);
      const expected = '     ---ab-----(c|)';

      expectObservable(mergeSorted([first$, second$, third$], { compare: (x, y) => x.at - y.at })).toBe(
        expected,
        values,
      );
    }),
  );

  it(
    'M17 takes the same source, given twice, for two',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const a$ = cold('  -1------2-----|   ');
      const subs = '      ^-------------!   ';
      const expected = ' -1------(12)--(2|)';

      expectObservable(mergeSorted([a$, a$], { compare })).toBe(expected);
      expectSubscriptions(a$.subscriptions).toBe([subs, subs]);
    }),
  );

  it.each([
    ['#           ', '-1-|        ', '#           '],
    ['----#       ', '-1-|        ', '----#       '],
    ['-1-----3---#', '--2--|      ', '--1----(23)#'],
    ['-1-2----#   ', '-1-|        ', '-1-(12)-#   '],
  ])('errors as soon as a source does: %s and %s become %s', (failing, other, expected) => {
    marbles(({ cold, expectObservable }) => {
      const failing$ = cold(failing.trim());
      const other$ = cold(other.trim());

      expectObservable(mergeSorted([failing$, other$], { compare })).toBe(expected.trim());
    })();
  });

  it(
    'lets the other sources go, and what is held, when one errors',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const failing$ = cold(' --1--#   ');
      const other$ = cold('   -2-34---5|');
      const otherSubs = '     ^----!   ';
      const expected = '      --1--#   ';

      expectObservable(mergeSorted([failing$, other$], { compare })).toBe(expected);
      expectSubscriptions(other$.subscriptions).toBe(otherSubs);
    }),
  );

  it(
    'lets every source go when the consumer leaves',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const a$ = cold('  --1---4---|    ');
      const b$ = cold('  ----2---5---6-|');
      const leave = '    -------!       ';
      const subs = '     ^------!       ';
      const expected = ' ----1-2-       ';

      expectObservable(mergeSorted([a$, b$], { compare }), leave).toBe(expected);
      expectSubscriptions(a$.subscriptions).toBe(subs);
      expectSubscriptions(b$.subscriptions).toBe(subs);
    }),
  );

  it(
    'starts nothing after a source that errors while it is subscribed to',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const never$ = cold('  --------');
      const neverSubs = '    (^!)    ';
      const failing$ = throwError(() => 'error');
      const later$ = cold('  --1-----');
      const expected = '     #       ';

      expectObservable(mergeSorted([never$, failing$, later$], { compare })).toBe(expected);
      expectSubscriptions(never$.subscriptions).toBe(neverSubs);
      expectSubscriptions(later$.subscriptions).toBe([]);
    }),
  );

  it('waits for nothing that is at hand: a long synchronous source beside arrays and iterables', () => {
    const sources = [range(0, 5_000), [1, 2, 3], new Set([4])];

    expect(record(mergeSorted<ObservableInput<number>>(sources, { ...byNumber, bufferSize: 1 }))).toHaveLength(5_005);
  });

  it('M17 completes where there are no sources', () => {
    expect(record(mergeSorted([], byNumber))).toEqual(['complete']);
    expect(record(mergeSorted([EMPTY, EMPTY], byNumber))).toEqual(['complete']);
  });

  it.each([
    ['a|', 'a|'],
    ['-a-b-c-|', '-a-b-c-|'],
    ['-(abc)--#', '-(abc)--#'],
    ['#', '#'],
    ['---', '---'],
    ['|', '|'],
  ])('M17 is the source itself where there is one: %s', (source, expected) => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(mergeSorted([cold(source)], { compare })).toBe(expected);
    })();
  });

  it('M17 emits what one synchronous source gives as it comes, however much that is', () => {
    const order: string[] = [];
    const source$ = range(0, 5_000).pipe(tap((n) => order.push(`give ${n}`)));

    mergeSorted([source$], { ...byNumber, bufferSize: 1 }).subscribe((n) => order.push(`get ${n}`));

    expect(order.slice(0, 4)).toEqual(['give 0', 'get 0', 'give 1', 'get 1']);
    expect(order).toHaveLength(10_000);
  });

  it('merges sources of every kind', async () => {
    async function* asyncIterable() {
      yield* [5, 12];
    }
    const sources: readonly ObservableInput<number>[] = [
      of(0, 7),
      [1, 8],
      new Set([2, 9]),
      Promise.resolve(3),
      { then: (resolve: (value: number) => void) => resolve(4) } as PromiseLike<number>,
      asyncIterable(),
      new Uint8Array([6, 13]),
      new ReadableStream<number>({
        start(controller) {
          for (const n of [10, 11]) controller.enqueue(n);
          controller.close();
        },
      }),
    ];

    const seen = await new Promise((resolve, reject) => {
      const values: number[] = [];
      mergeSorted(sources, byNumber).subscribe({
        next: (value) => values.push(value),
        error: reject,
        complete: () => resolve(values),
      });
    });

    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  it('takes a source that is two things at once for what rxjs takes it for', async () => {
    const query = Object.assign(Promise.resolve(1), { [Symbol.iterator]: () => [2].values() });
    const observable = { '@@observable': () => of(3), [Symbol.iterator]: () => [4].values() };
    const both = [query, observable as unknown as ObservableInput<number>];

    for (const source of both) {
      const expected = record(from(source));
      const events = record(mergeSorted([source], byNumber));
      await Promise.resolve();
      expect(events).toEqual(expected);
      expect(events).toHaveLength(2);
    }
  });

  it('errors with a TypeError for a source that is none', () => {
    const none$ = undefined as unknown as Observable<number>;

    expect(record(mergeSorted([of(1), none$], byNumber))).toEqual([expect.any(TypeError)]);
  });

  describe('when a source is too far ahead', () => {
    it(
      'errors with OverflowError when more than bufferSize of its values wait',
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const ahead$ = cold('  -1-2-3');
        const silent$ = cold(' ------');
        const silentSubs = '   ^----!';
        const expected = '     -----#';
        const overflow = new OverflowError('mergeSorted', 2);

        expectObservable(mergeSorted([ahead$, silent$], { compare, bufferSize: 2 })).toBe(expected, {}, overflow);
        expectSubscriptions(silent$.subscriptions).toBe(silentSubs);
      }),
    );

    it(
      'counts only values that wait',
      marbles(({ cold, expectObservable }) => {
        const ahead$ = cold(' -1-2------3------4-----|   ');
        const slow$ = cold('  -----1-------9---------|   ');
        const expected = '    -----(11)----(23)4-----(9|)';
        const options = { compare, bufferSize: 2 };

        expectObservable(mergeSorted([ahead$, slow$], options)).toBe(expected);
      }),
    );

    it('holds 1024 values where nothing is said', () => {
      const hold = (count: number) => record(mergeSorted([range(0, count), NEVER], byNumber));

      expect(hold(1024)).toEqual([]);
      expect(hold(1025)).toEqual([new OverflowError('mergeSorted', 1024)]);
    });

    it('reads arrays and iterables in place: there is nothing to hold', () => {
      const many = Array.from({ length: 5_000 }, (_, n) => n);
      const sources = [many, new Set(many), of(4_999)];

      expect(record(mergeSorted(sources, { ...byNumber, bufferSize: 1 }))).toHaveLength(10_002);
    });
  });

  describe('when a source is not in order', () => {
    it(
      'M9 errors with SourceOrderError when the value that belongs before another would have its turn',
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const a$ = cold('        -1---3---5-|');
        const aSubs = '          ^---------! ';
        const unsorted$ = cold(' --2---4---3-|');
        const expected = '       --1--23--4# ';
        const failure = new SourceOrderError(1, 2);

        expectObservable(mergeSorted([a$, unsorted$], { compare })).toBe(expected, undefined, failure);
        expectSubscriptions(a$.subscriptions).toBe(aSubs);
      }),
    );

    it.each([
      ['one array', [[1, 3, 2, 4]], [1, 3], new SourceOrderError(0, 2)],
      ['one Observable', [of(1, 3, 2, 4)], [1, 3], new SourceOrderError(0, 2)],
      ['the first of two', [[2, 1], [5]], [2], new SourceOrderError(0, 1)],
      ['the second of two', [[1, 5], of(2, 3, 1)], [1, 2, 3], new SourceOrderError(1, 2)],
      ['a far place of an array', [upTo(200, 7), [250]], upTo(200), new SourceOrderError(0, 200)],
      ['a far place of a buffer', [from(upTo(200, 7)), [250]], upTo(200), new SourceOrderError(0, 200)],
      ['a far place of an iterable', [new Set(upTo(200, -7)), [250]], upTo(200), new SourceOrderError(0, 200)],
    ])('M9 emits all that is in order, then the error: %s', (_, sources, values, failure) => {
      expect(record(mergeSorted<ObservableInput<number>>(sources, byNumber))).toEqual([...values, failure]);
    });

    it('M9 names source and position in the message', () => {
      const [, error] = record(mergeSorted([[2, 1]], byNumber));

      expect(error).toMatchObject({ name: 'SourceOrderError', code: 'source_order', source: 0, position: 1 });
      expect(String(error)).toContain('source 0: value 1 belongs before value 0');
    });

    it('M9 lets it pass, losing nothing, where that is asked for', () => {
      const passing = { ...byNumber, onUnsorted: 'pass' } as const;

      expect(record(mergeSorted([[3, 1, 5], of(2, 4)], passing))).toEqual([2, 3, 1, 4, 5, 'complete']);
      expect(record(mergeSorted([of(3, 1, 2)], passing))).toEqual([3, 1, 2, 'complete']);
    });

    it('takes equal values for ordered', () => {
      expect(record(mergeSorted([of(1, 1, 1)], byNumber))).toEqual([1, 1, 1, 'complete']);
    });
  });

  describe('when compare fails', () => {
    const failure = new Error('compare');
    const broken: Record<string, (a: number, b: number) => number> = {
      throws: () => {
        throw failure;
      },
      'returns NaN': () => NaN,
      'returns nothing': () => undefined as unknown as number,
    };

    it.each(Object.keys(broken))('M15 errors with ComparatorError when it %s', (how) => {
      for (const sources of [[[1], [2]], [of(1), of(2)], [[1, 2]], [of(1, 2)]]) {
        const events = record(mergeSorted<ObservableInput<number>>(sources, { compare: broken[how]! }));

        const error = events.at(-1);
        expect(error).toBeInstanceOf(ComparatorError);
        expect((error as Error).cause).toBe(how === 'throws' ? failure : undefined);
        expect(events).toHaveLength(sources.length === 1 ? 2 : 1); // the first value of one source needs no comparison
      }
    });

    it('M15 lets the sources go', () => {
      const subjects = [new Subject<number>(), new Subject<number>()];
      const events = record(mergeSorted(subjects, { compare: broken['throws']! }));

      for (const source$ of subjects) source$.next(1);

      expect(events).toEqual([expect.any(ComparatorError)]);
      expect(subjects.some((source$) => source$.observed)).toBe(false);
    });
  });

  it.each([
    ['bufferSize', { bufferSize: 0 }],
    ['bufferSize', { bufferSize: -1 }],
    ['bufferSize', { bufferSize: 1.5 }],
    ['bufferSize', { bufferSize: NaN }],
    ['bufferSize', { bufferSize: Infinity }],
    ['bufferSize', { bufferSize: '9' }],
    ['onUnsorted', { onUnsorted: 'ignore' }],
    ['compare', { compare: undefined }],
    ['compare', { compare: 'name' }],
  ])('refuses a wrong %s at the call: %o', (option, wrong) => {
    const options = { ...byNumber, ...wrong } as MergeSortedOptions<number>;

    for (const call of [() => mergeSorted([of(1)], options), () => mergeSortedWith([of(1)], options)(EMPTY)]) {
      expect(call).toThrow(OptionError);
      expect(call).toThrow(new RegExp(`^${option} must be `));
    }
  });

  it('M18 has no order of its own: without compare it throws', () => {
    expect(() => mergeSorted([['b'], ['a']], {} as MergeSortedOptions<string>)).toThrow(OptionError);
  });

  it('takes undefined for a default', () => {
    const options = { ...byNumber, bufferSize: undefined, onUnsorted: undefined };

    expect(record(mergeSorted([of(2), of(1)], options))).toEqual([1, 2, 'complete']);
  });

  describe('within next', () => {
    it('stays in order when the consumer feeds a source', () => {
      const fed$ = new Subject<number>();
      const seen: number[] = [];
      mergeSorted([fed$, of(2, 4)], byNumber).subscribe((value) => {
        seen.push(value);
        if (value === 1) fed$.next(3);
      });

      fed$.next(1);

      expect(seen).toEqual([1, 2, 3]);
    });

    it('stays in order when the consumer feeds, and ends, every source', () => {
      const subjects = [new Subject<number>(), new Subject<number>()];
      const seen: unknown[] = [];
      mergeSorted(subjects, byNumber).subscribe({
        next: (value) => {
          seen.push(value);
          if (value !== 0) return;
          for (const source$ of subjects) source$.next(value + 10);
          for (const source$ of subjects) source$.complete();
        },
        complete: () => seen.push('complete'),
      });

      for (const [i, source$] of subjects.entries()) source$.next(i);

      expect(seen).toEqual([0, 1, 10, 10, 'complete']);
    });

    it('emits nothing more once the consumer has left', () => {
      const source$ = new Subject<number>();
      const gate$ = new Subject<number>();
      const seen: number[] = [];
      const subscription = mergeSorted([source$, gate$], byNumber).subscribe((value) => {
        seen.push(value);
        if (value === 2) subscription.unsubscribe();
      });
      for (const n of [1, 2, 3, 4]) source$.next(n);

      gate$.next(9);

      expect(seen).toEqual([1, 2]);
      expect(source$.observed || gate$.observed).toBe(false);
    });

    it('compares nothing more once the consumer has left', () => {
      let compared = 0;
      const count = (a: number, b: number) => {
        compared++;
        return a - b;
      };
      const gate$ = new Subject<number>();
      const subscription = mergeSorted([[1, 2, 3], gate$], { compare: count }).subscribe(() => {
        subscription.unsubscribe();
        compared = 0;
      });

      gate$.next(9);

      expect(compared).toBe(0);
    });

    it('emits nothing more once a source has errored', () => {
      const source$ = new Subject<number>();
      const gate$ = new Subject<number>();
      const events: unknown[] = [];
      mergeSorted([source$, gate$], byNumber).subscribe({
        next: (value) => {
          events.push(value);
          if (value === 2) gate$.error('error');
        },
        error: (error: unknown) => events.push(error),
      });
      for (const n of [1, 2, 3, 4]) source$.next(n);

      gate$.next(9);

      expect(events).toEqual([1, 2, 'error']);
    });

    it('stops synchronous sources once the consumer has left', () => {
      let given = 0;
      const endless$ = new Observable<number>((subscriber) => {
        while (!subscriber.closed && given < 1_000) subscriber.next(given++);
      });

      const events = record(mergeSorted([[5, 6], endless$], byNumber).pipe(take(3)));

      expect(events).toEqual([0, 1, 2, 'complete']);
      expect(given).toBe(3);
    });
  });

  it('works off a million values that wait for a slower source, in constant stack', () => {
    const count = 1_000_000;
    const fast$ = new Subject<number>();
    const slow$ = new Subject<number>();
    let next = 0;
    mergeSorted([fast$, slow$], { ...byNumber, bufferSize: count }).subscribe((value) => {
      if (value === next) next++;
    });
    for (let n = 0; n < count; n++) fast$.next(n);
    expect(next).toBe(0);

    slow$.complete();

    expect(next).toBe(count);
  });

  it('takes a million values that its consumer feeds back, in constant stack', () => {
    const source$ = new Subject<number>();
    let last = 0;
    mergeSorted([source$], byNumber).subscribe((value) => {
      last = value;
      if (value < 1_000_000) source$.next(value + 1);
    });

    source$.next(1);

    expect(last).toBe(1_000_000);
  });

  it.each([1, 2, 3, 10, 100, 1_000])('compares each value at most log2(sources) + 0.3 times: %i sources', (sources) => {
    const scattered = (lane: number, i: number) => (i * 7_919 + lane * 104_729) % 1_000_003;
    const lists = Array.from({ length: sources }, (_, lane) =>
      upTo(Math.ceil(20_000 / sources))
        .map((i) => scattered(lane, i))
        .sort((a, b) => a - b),
    );
    const comparisonsPerValue = (onUnsorted: 'error' | 'pass') => {
      let count = 0;
      const counted = (a: number, b: number) => {
        count++;
        return a - b;
      };
      const events = record(mergeSorted(lists, { compare: counted, onUnsorted }));
      expect(events).toHaveLength(lists.flat().length + 1);
      return count / 20_000;
    };

    expect(comparisonsPerValue('pass')).toBeLessThanOrEqual(Math.log2(sources) + 0.3);
    expect(comparisonsPerValue('error')).toBeLessThanOrEqual(Math.log2(sources) + 1.3);
  });
});

describe('mergeSortedWith', () => {
  it(
    'merges the source with the others, its values first when they are equal',
    marbles(({ cold, expectObservable }) => {
      const values = { a: { at: 1 }, b: { at: 1 }, c: { at: 2 } };
      const source$ = cold(' --a-------|', values);
      const other$ = cold('  -b---c|    ', values);
      const expected = '     --a-------(bc|)';

      const order = { compare: (x: { at: number }, y: { at: number }) => x.at - y.at };
      expectObservable(source$.pipe(mergeSortedWith([other$], order))).toBe(expected, values);
    }),
  );

  it('can be used again, with the same others', () => {
    const withEven = mergeSortedWith([of(2, 4)], byNumber);

    expect(record(of(1, 3).pipe(withEven))).toEqual([1, 2, 3, 4, 'complete']);
    expect(record(of(3, 5).pipe(withEven))).toEqual([2, 3, 4, 5, 'complete']);
  });

  describe('as every operator', () => {
    const create = () => mergeSortedWith<number, Observable<number>>([of(1, 2, 3)], byNumber);
    const throwing = (thrown: unknown) =>
      mergeSortedWith<number, readonly number[]>([[1, 2, 3]], {
        compare: () => {
          throw thrown;
        },
      });

    for (const law of operatorLaws(create, { throwing })) it(law.name, law.check);
  });
});

function upTo(count: number, ...then: readonly number[]): number[] {
  return [...Array.from({ length: count }, (_, n) => n), ...then];
}

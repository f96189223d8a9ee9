import {
  defer,
  EMPTY,
  finalize,
  firstValueFrom,
  mergeMap,
  NEVER,
  of,
  Subject,
  take,
  toArray,
  type Observable,
  type ObservableInput,
  type OperatorFunction,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { operatorLaws } from '../../lib/testing/operatorLaws.ts';
import { mergeMapBounded, OptionError, OverflowError, type MergeMapBoundedOptions } from '../../operators/index.ts';
import { collectGarbage } from '../support/collectGarbage.ts';
import { marbles } from '../support/marbles.ts';

describe('mergeMapBounded', () => {
  it(
    'runs inner sources, and lets values wait while all places are taken',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-bc--------|');
      const sourceSubs = '   ^------------!';
      const inner$ = cold('  ----v|        ');
      const innerSubs = [
        '                    -^----!       ',
        '                    ---^----!     ',
        '                    ------^----!  ',
      ];
      const expected = '     -----v-v--v--|';

      expectObservable(source$.pipe(mergeMapBounded(() => inner$, { concurrency: 2, bufferSize: 1 }))).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(sourceSubs);
      expectSubscriptions(inner$.subscriptions).toBe(innerSubs);
    }),
  );

  it(
    'emits what the inner source of each value emits',
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-bc--------|');
      const expected = '     -----a-b--c--|';
      function project(v: string) {
        return cold('----v|', { v });
      }

      expectObservable(source$.pipe(mergeMapBounded(project, { concurrency: 2, bufferSize: 1 }))).toBe(expected);
    }),
  );

  it.each([
    ['|          ', '|           ', 'completes with an empty source'],
    ['-          ', '-           ', 'is silent with a silent source'],
    ['a|         ', '---a|       ', 'completes after its last inner source'],
    ['a---------|', '---a------| ', 'completes after its source'],
    ['(abc|)     ', '---a---b---c|', 'completes after the last value that waits'],
    ['#          ', '#           ', 'errors with a source that errors first'],
    ['ab#        ', '--#         ', 'errors with a source that errors in between'],
    ['abc---#    ', '---a--#     ', 'errors while values wait'],
    ['a----#     ', '---a-#      ', 'errors with a source that errors last'],
  ])('%s -> %s: %s', (source, expected) => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(source.trim());
      function project(v: string) {
        return cold('---v|', { v });
      }

      expectObservable(source$.pipe(mergeMapBounded(project, { concurrency: 1 }))).toBe(expected.trim());
    })();
  });

  it(
    'errors as soon as an inner source does, and lets everything else go',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-b-c-----|');
      const sourceSubs = '   ^------!    ';
      const a$ = cold('       ------#    ');
      const b$ = cold('         --1--2--3|');
      const bSubs = '        ---^---!    ';
      const c$ = cold('      1|          ');
      const expected = '     -----1-#    ';
      const inners: Record<string, Observable<string>> = { a: a$, b: b$, c: c$ };

      expectObservable(source$.pipe(mergeMapBounded((v) => inners[v]!, { concurrency: 2 }))).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(sourceSubs);
      expectSubscriptions(b$.subscriptions).toBe(bSubs);
      expectSubscriptions(c$.subscriptions).toBe([]);
    }),
  );

  it(
    'lets everything go when the consumer leaves, and starts nothing that waits',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -ab--------|');
      const inner$ = cold('   ----1---|  ');
      const leave = '        -------!    ';
      const sourceSubs = '   ^------!    ';
      const innerSubs = '    -^-----!    ';
      const expected = '     -----1--    ';

      const result$ = source$.pipe(mergeMapBounded(() => inner$, { concurrency: 1 }));
      expectObservable(result$, leave).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(sourceSubs);
      expectSubscriptions(inner$.subscriptions).toBe([innerSubs]);
    }),
  );

  it('starts the next value when the inner source before it has cleaned up', () => {
    const log: string[] = [];
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' (ab|)   ');
      const expected = '     --a-(b|)';
      function project(v: string) {
        log.push(`start ${v}`);
        return cold('--v', { v }).pipe(
          take(1),
          finalize(() => log.push(`clean up ${v}`)),
        );
      }

      expectObservable(source$.pipe(mergeMapBounded(project, { concurrency: 1 }))).toBe(expected);
    })();

    expect(log).toEqual(['start a', 'clean up a', 'start b', 'clean up b']);
  });

  it('gives project the index of the value', () => {
    function project(v: string, index: number) {
      return of(`${v}${index}`);
    }

    expect(valuesOf(of('a', 'b', 'c').pipe(mergeMapBounded(project, { concurrency: 1 })))).toEqual(['a0', 'b1', 'c2']);
  });

  it('takes every kind of inner source', async () => {
    async function* asyncIterable() {
      yield 'async iterable';
    }
    const kinds: readonly ObservableInput<string>[] = [
      of('observable'),
      ['array'],
      new Set(['iterable']),
      Promise.resolve('promise'),
      { then: (resolve: (value: string) => void) => resolve('thenable') } as PromiseLike<string>,
      asyncIterable(),
    ];

    const result$ = of(...kinds).pipe(mergeMapBounded((inner) => inner, { concurrency: 1 }));

    const seen = await firstValueFrom(result$.pipe(toArray()), { defaultValue: [] });
    expect(seen).toEqual(['observable', 'array', 'iterable', 'promise', 'thenable', 'async iterable']);
  });

  it('errors with the reason of a promise that rejects, and starts nothing that waits', async () => {
    const reason = new Error('rejected');
    const started: number[] = [];
    function project(n: number) {
      started.push(n);
      return Promise.reject(reason);
    }

    const result$ = of(1, 2).pipe(mergeMapBounded(project, { concurrency: 1 }));

    await expect(firstValueFrom(result$, { defaultValue: 0 })).rejects.toBe(reason);
    expect(started).toEqual([1]);
  });

  it('hears nothing of a promise once the consumer has left', async () => {
    const late = Promise.resolve('late');
    const seen: unknown[] = [];

    const subscription = of(1, 2)
      .pipe(mergeMapBounded(() => late, { concurrency: 1 }))
      .subscribe((value) => seen.push(value));
    subscription.unsubscribe();
    await late;

    expect(seen).toEqual([]);
  });

  describe('when the waiting line is full', () => {
    const fill = (options: Partial<MergeMapBoundedOptions<number>>) => {
      const inners: Subject<string>[] = [];
      const events: unknown[] = [];
      const source$ = new Subject<number>();
      function project(n: number) {
        events.push(`start ${n}`);
        const inner$ = new Subject<string>();
        inners.push(inner$);
        return inner$;
      }
      const dropped = (n: number) => events.push(`drop ${n}`);
      source$.pipe(mergeMapBounded(project, { concurrency: 1, onDrop: dropped, ...options })).subscribe({
        error: (error: unknown) => events.push(error),
        complete: () => events.push('complete'),
      });
      const finishAll = () => {
        for (const inner$ of inners) inner$.complete(); // grows while it is walked over
      };
      return { source$, events, finishAll };
    };

    it('errors with OverflowError by default', () => {
      const { source$, events } = fill({ bufferSize: 2 });

      for (const n of [1, 2, 3]) source$.next(n);
      expect(events).toEqual(['start 1']);

      source$.next(4);
      expect(events).toEqual(['start 1', new OverflowError('mergeMapBounded', 2)]);
      expect(source$.observed).toBe(false);
    });

    it('drops what has waited longest with dropOldest', () => {
      const { source$, events, finishAll } = fill({ bufferSize: 2, overflow: 'dropOldest' });

      for (const n of [1, 2, 3, 4, 5]) source$.next(n);
      source$.complete();
      finishAll();

      expect(events).toEqual(['start 1', 'drop 2', 'drop 3', 'start 4', 'start 5', 'complete']);
    });

    it('drops what comes with dropNewest', () => {
      const { source$, events, finishAll } = fill({ bufferSize: 2, overflow: 'dropNewest' });

      for (const n of [1, 2, 3, 4, 5]) source$.next(n);
      source$.complete();
      finishAll();

      expect(events).toEqual(['start 1', 'drop 4', 'drop 5', 'start 2', 'start 3', 'complete']);
    });

    it.each(['dropOldest', 'dropNewest'] as const)(
      'drops what cannot start at once when none may wait: %s',
      (overflow) => {
        const { source$, events, finishAll } = fill({ bufferSize: 0, overflow });

        for (const n of [1, 2, 3]) source$.next(n);
        finishAll();
        source$.next(4);

        expect(events).toEqual(['start 1', 'drop 2', 'drop 3', 'start 4']);
      },
    );

    it('drops without telling anybody where there is no onDrop', () => {
      const { source$, events, finishAll } = fill({ bufferSize: 1, overflow: 'dropOldest', onDrop: undefined });

      for (const n of [1, 2, 3]) source$.next(n);
      finishAll();

      expect(events).toEqual(['start 1', 'start 3']);
    });

    it('holds 1024 values where nothing is said', () => {
      const { source$, events } = fill({});

      for (let n = 0; n <= 1024; n++) source$.next(n);
      expect(events).toEqual(['start 0']);

      source$.next(1025);
      expect(events.at(-1)).toEqual(new OverflowError('mergeMapBounded', 1024));
    });

    it('never holds a value back while places are unlimited', () => {
      const { source$, events } = fill({ concurrency: Infinity, bufferSize: 0 });

      for (const n of [1, 2, 3]) source$.next(n);

      expect(events).toEqual(['start 1', 'start 2', 'start 3']);
    });

    it('errors with what onDrop throws', () => {
      const failure = new Error('onDrop');
      const { source$, events } = fill({ bufferSize: 0, overflow: 'dropNewest', onDrop: thrower(failure) });

      source$.next(1);
      source$.next(2);

      expect(events).toEqual(['start 1', failure]);
      expect(source$.observed).toBe(false);
    });
  });

  it('errors with what project throws, for the first value as for one that waited', () => {
    for (const failing of [1, 3]) {
      const failure = new Error('project');
      const source$ = new Subject<number>();
      const gate$ = new Subject<string>();
      const seen: unknown[] = [];
      function project(n: number) {
        return n === failing ? thrower(failure)() : gate$;
      }

      source$
        .pipe(mergeMapBounded(project, { concurrency: 1 }))
        .subscribe({ error: (error: unknown) => seen.push(error) });
      for (const n of [1, 3]) source$.next(n);
      gate$.complete();

      expect(seen).toEqual([failure]);
      expect(source$.observed).toBe(false);
    }
  });

  it('errors with a TypeError when project gives nothing to subscribe to', () => {
    const nothing$ = undefined as unknown as Observable<never>;
    const seen: unknown[] = [];

    of(1)
      .pipe(mergeMapBounded(() => nothing$, { concurrency: 1 }))
      .subscribe({ error: (error: unknown) => seen.push(error) });

    expect(seen).toEqual([expect.any(TypeError)]);
  });

  it.each([
    ['concurrency', { concurrency: 0 }],
    ['concurrency', { concurrency: -1 }],
    ['concurrency', { concurrency: 1.5 }],
    ['concurrency', { concurrency: NaN }],
    ['concurrency', { concurrency: -Infinity }],
    ['concurrency', {}],
    ['concurrency', { concurrency: '2' }],
    ['bufferSize', { concurrency: 1, bufferSize: -1 }],
    ['bufferSize', { concurrency: 1, bufferSize: 0.5 }],
    ['bufferSize', { concurrency: 1, bufferSize: Infinity }],
    ['bufferSize', { concurrency: 1, bufferSize: NaN }],
    ['overflow', { concurrency: 1, overflow: 'block' }],
  ])('refuses a wrong %s at the call: %o', (option, options) => {
    const call = () => mergeMapBounded(String, options as MergeMapBoundedOptions<unknown>);

    expect(call).toThrow(OptionError);
    expect(call).toThrow(new RegExp(`^${option} must be `));
  });

  it('takes undefined for a default', () => {
    const options = { concurrency: 1, bufferSize: undefined, overflow: undefined, onDrop: undefined };

    expect(valuesOf(of(1, 2).pipe(mergeMapBounded((n) => [n], options)))).toEqual([1, 2]);
  });

  describe('within next', () => {
    it('starts at once what the consumer feeds while a place is free, as mergeMap does', () => {
      const run = (operator: OperatorFunction<string, string>) => {
        const source$ = new Subject<string>();
        const seen: string[] = [];
        source$.pipe(operator).subscribe((value) => {
          seen.push(value);
          if (value === 'a1') source$.next('b');
        });
        source$.next('a');
        return seen;
      };
      const twice = (v: string) => [`${v}1`, `${v}2`];

      const fed = run(mergeMapBounded(twice, { concurrency: 2 }));
      expect(fed).toEqual(['a1', 'b1', 'b2', 'a2']);
      expect(fed).toEqual(run(mergeMap(twice, 2)));
    });

    it('lets wait what the consumer feeds while no place is free', () => {
      const source$ = new Subject<number>();
      const seen: number[] = [];
      source$.pipe(mergeMapBounded((n) => [n, n + 0.5], { concurrency: 1 })).subscribe((value) => {
        seen.push(value);
        if (value === 1) for (const n of [2, 3, 4]) source$.next(n);
      });

      source$.next(1);

      expect(seen).toEqual([1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5]);
    });

    it('keeps the order of what an inner source feeds back', () => {
      const source$ = new Subject<number>();
      function* project(n: number) {
        if (n < 10) for (const next of [n * 10, n * 10 + 1]) source$.next(next);
        yield n;
      }
      const seen: number[] = [];
      source$.pipe(mergeMapBounded(project, { concurrency: 1 })).subscribe((value) => seen.push(value));

      for (const n of [1, 2]) source$.next(n);

      expect(seen).toEqual([1, 10, 11, 2, 20, 21]);
    });

    it('fills in turn the places that one inner source frees while it starts another', () => {
      const source$ = new Subject<number>();
      const gates = [new Subject<number>(), new Subject<number>()];
      const started: number[] = [];
      function project(n: number) {
        started.push(n);
        if (n === 2) gates[1]!.complete(); // a second place is free before the first one is filled
        if (n === 2) source$.next(5); // behind those that wait for it
        return gates[n] ?? of(n);
      }
      source$.pipe(mergeMapBounded(project, { concurrency: 2 })).subscribe();
      for (let n = 0; n < 5; n++) source$.next(n);

      gates[0]!.complete();

      expect(started).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it('subscribes to nothing when the consumer leaves from within project', () => {
      let subscribed = 0;
      const source$ = new Subject<number>();
      function project() {
        subscription.unsubscribe();
        return defer(() => [subscribed++]);
      }
      const subscription = source$.pipe(mergeMapBounded(project, { concurrency: 1 })).subscribe();

      source$.next(1);

      expect(subscribed).toBe(0);
      expect(source$.observed).toBe(false);
    });

    it('starts nothing more once the consumer has left', () => {
      const source$ = new Subject<number>();
      const gate$ = new Subject<number>();
      const started: number[] = [];
      function project(n: number) {
        started.push(n);
        return n === 0 ? gate$ : of(n);
      }
      const seen = valuesOf(source$.pipe(mergeMapBounded(project, { concurrency: 1 }), take(2)));
      for (let n = 0; n < 5; n++) source$.next(n);

      gate$.complete();

      expect(seen).toEqual([1, 2]);
      expect(started).toEqual([0, 1, 2]);
      expect(source$.observed).toBe(false);
    });
  });

  it('leaves a place taken by an inner source that never ends', () => {
    function project(n: number) {
      return n === 0 ? NEVER : of(n);
    }

    expect(valuesOf(of(0, 1, 2).pipe(mergeMapBounded(project, { concurrency: 2 })))).toEqual([1, 2]);
  });

  const backlog = 1_000_000;
  it.each([
    ['a value each', (n: number) => of(n), backlog],
    ['an array each', (n: number) => [n], backlog],
    ['nothing at all', () => EMPTY, 0],
  ])('T18 works off a million waiting values, whose inner sources synchronously give %s', (_, inner, expected) => {
    const source$ = new Subject<number>();
    const gate$ = new Subject<number>();
    const options = { concurrency: 1, bufferSize: backlog };
    let count = 0;
    let completed = false;
    source$.pipe(mergeMapBounded((n) => (n < 0 ? gate$ : inner(n)), options)).subscribe({
      next: () => count++,
      complete: () => (completed = true),
    });
    source$.next(-1);
    for (let n = 0; n < backlog; n++) source$.next(n);
    source$.complete();

    gate$.complete();

    expect(count).toBe(expected);
    expect(completed).toBe(true);
  });

  it('T18 works off a million values that their consumers feed back, in constant stack', () => {
    const source$ = new Subject<number>();
    let last = 0;
    source$.pipe(mergeMapBounded((n) => [n], { concurrency: 1 })).subscribe((n) => {
      last = n;
      if (n < backlog) source$.next(n + 1);
    });

    source$.next(1);

    expect(last).toBe(backlog);
  });

  it('T18 bears inner sources each of which ends the one before it as it starts', () => {
    const count = 100_000;
    const source$ = new Subject<number>();
    const inners: Subject<number>[] = [];
    let chained = false;
    function project(n: number) {
      if (chained) inners[n - 1]!.complete();
      return (inners[n] = new Subject<number>());
    }
    source$.pipe(mergeMapBounded(project, { concurrency: 2, bufferSize: count })).subscribe();
    for (let n = 0; n < count; n++) source$.next(n);

    chained = true;
    inners[0]!.complete();

    expect(inners).toHaveLength(count);
  });

  it('T19 works off twice the values in twice the time', () => {
    const timeOf = (count: number) => {
      const source$ = new Subject<number>();
      const gate$ = new Subject<number>();
      source$.pipe(mergeMapBounded((n) => (n < 0 ? gate$ : [n]), { concurrency: 1, bufferSize: count })).subscribe();
      source$.next(-1);
      const start = performance.now();
      for (let n = 0; n < count; n++) source$.next(n);
      gate$.complete();
      return performance.now() - start;
    };
    const fastest = { single: Infinity, double: Infinity };
    for (let round = 0; round < 10 && !(fastest.double < fastest.single * 2.4); round++) {
      fastest.single = Math.min(fastest.single, timeOf(100_000));
      fastest.double = Math.min(fastest.double, timeOf(200_000));
    }

    expect(fastest.double / fastest.single).toBeLessThan(2.5);
  });

  it('T5 refers to no value that it has handed over, or dropped, or that nobody waits for any more', async () => {
    const gate$ = new Subject<never>();
    const source$ = new Subject<object>();
    const options = { concurrency: 1, bufferSize: 1, overflow: 'dropOldest' } as const;
    const subscription = source$.pipe(mergeMapBounded(() => gate$, options)).subscribe();
    const refs = Array.from({ length: 3 }, () => {
      const value = {};
      source$.next(value);
      return new WeakRef(value);
    });
    const alive = async () => {
      await collectGarbage();
      return refs.map((ref) => ref.deref() !== undefined);
    };

    expect(await alive()).toEqual([false, false, true]);

    subscription.unsubscribe();
    expect(await alive()).toEqual([false, false, false]);
    expect(source$.observed).toBe(false);
  });

  describe('as every operator', () => {
    const create = () => mergeMapBounded((n: number) => of(n), { concurrency: 2 });
    const throwing = (thrown: unknown) =>
      mergeMapBounded<number, Observable<never>>(thrower(thrown), { concurrency: 2 });

    for (const law of operatorLaws(create, { throwing })) it(law.name, law.check);
  });
});

function valuesOf<T>(source$: Observable<T>): T[] {
  const values: T[] = [];
  source$.subscribe((value) => values.push(value));
  return values;
}

function thrower(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

import { of, Subject, type Observable, type OperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { mergeMapBounded } from '../../operators/index.ts';

describe('mergeMapBounded', () => {
  it('emits what the inner sources do, of whatever kind they are', () => {
    const source$ = of(1);
    const concurrency = 2;

    expectTypeOf(source$.pipe(mergeMapBounded((n) => of(String(n)), { concurrency }))).toEqualTypeOf<
      Observable<string>
    >();
    expectTypeOf(source$.pipe(mergeMapBounded((n) => [n], { concurrency }))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(source$.pipe(mergeMapBounded(async (n) => n, { concurrency }))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(source$.pipe(mergeMapBounded((n) => (n > 1 ? of(n) : ['a']), { concurrency }))).toEqualTypeOf<
      Observable<number | string>
    >();
  });

  it('gives project and onDrop the type of the source', () => {
    const orders$ = new Subject<{ readonly id: string }>();

    void orders$.pipe(
      mergeMapBounded(
        (order, index) => {
          expectTypeOf(order).toEqualTypeOf<{ readonly id: string }>();
          expectTypeOf(index).toEqualTypeOf<number>();
          return of(order.id);
        },
        {
          concurrency: 1,
          overflow: 'dropNewest',
          onDrop: (order) => expectTypeOf(order).toEqualTypeOf<{ readonly id: string }>(),
        },
      ),
    );
    // @ts-expect-error orders have no total
    void orders$.pipe(mergeMapBounded((order) => of(order.total), { concurrency: 1 }));
  });

  it('is a value of its own', () => {
    expectTypeOf(mergeMapBounded((n: number) => of(String(n)), { concurrency: 1 })).toEqualTypeOf<
      OperatorFunction<number, string>
    >();
  });

  it('takes undefined for what need not be said', () => {
    mergeMapBounded((n: number) => [n], {
      concurrency: 1,
      bufferSize: undefined,
      overflow: undefined,
      onDrop: undefined,
    });
  });

  it('refuses what it cannot do', () => {
    // @ts-expect-error how many run at the same time must be said
    mergeMapBounded((n: number) => [n], {});
    // @ts-expect-error there is nothing to subscribe to
    mergeMapBounded((n: number) => n, { concurrency: 1 });
    // @ts-expect-error an operator cannot make its source wait
    mergeMapBounded((n: number) => [n], { concurrency: 1, overflow: 'block' });
  });
});

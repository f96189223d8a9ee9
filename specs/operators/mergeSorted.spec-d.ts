import * as N from 'fp-ts/lib/number.js';
import { contramap } from 'fp-ts/lib/Ord.js';
import * as S from 'fp-ts/lib/string.js';
import { of, type Observable, type OperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { mergeSorted, mergeSortedWith } from '../../operators/index.ts';

const anyOrder = { compare: () => 0 };

describe('mergeSorted', () => {
  it('emits the union of its sources, of whatever kind they are', () => {
    expectTypeOf(mergeSorted([of(1), of('a')], anyOrder)).toEqualTypeOf<Observable<number | string>>();
    expectTypeOf(mergeSorted([of(1), ['a'], Promise.resolve(true)], anyOrder)).toEqualTypeOf<
      Observable<number | string | boolean>
    >();
    expectTypeOf(mergeSorted([new Set([1])], N.Ord)).toEqualTypeOf<Observable<number>>();
    expectTypeOf(mergeSorted([] as Observable<number>[], anyOrder)).toEqualTypeOf<Observable<number>>();
  });

  it('gives compare the type of the values', () => {
    void mergeSorted([of({ at: 1 })], { compare: (a, b) => a.at - b.at });
    void mergeSorted([of({ at: 1 }), [{ at: 2, by: 'me' }]], { compare: (a, b) => a.at - b.at });
    // @ts-expect-error the values have no id
    void mergeSorted([of({ at: 1 })], { compare: (a, b) => a.id - b.id });
    // @ts-expect-error only some of the values have a name
    void mergeSorted([of({ at: 1 }), of({ at: 1, by: 'me' })], { compare: (a, b) => a.by.length - b.by.length });
  });

  it('takes any fp-ts Ord of the values', () => {
    const byTime = contramap((entry: { readonly at: number }) => entry.at)(N.Ord);

    expectTypeOf(mergeSorted([of('a'), ['b']], S.Ord)).toEqualTypeOf<Observable<string>>();
    expectTypeOf(mergeSorted([of({ at: 1, text: 'a' })], byTime)).toEqualTypeOf<
      Observable<{ at: number; text: string }>
    >();
    void mergeSorted([of('a')], { ...S.Ord, bufferSize: 10 });
    // @ts-expect-error an order of numbers says nothing about texts
    void mergeSorted([of('a')], N.Ord);
  });

  it('takes undefined for what need not be said', () => {
    void mergeSorted([of(1)], { ...N.Ord, bufferSize: undefined, onUnsorted: undefined });
  });

  it('refuses what it cannot do', () => {
    // @ts-expect-error without an order there is nothing to merge by
    void mergeSorted([of(1)], {});
    // @ts-expect-error an order is a number
    void mergeSorted([of(1)], { compare: (a, b) => a < b });
    // @ts-expect-error a number is no source
    void mergeSorted([1], anyOrder);
    // @ts-expect-error sources come as a list
    void mergeSorted(of(1), anyOrder);
    // @ts-expect-error an unsorted source errors or passes
    void mergeSorted([of(1)], { ...N.Ord, onUnsorted: 'sort' });
  });
});

describe('mergeSortedWith', () => {
  it('emits the union of the source and the others', () => {
    expectTypeOf(of(1).pipe(mergeSortedWith([of('a')], anyOrder))).toEqualTypeOf<Observable<number | string>>();
    expectTypeOf(of(1).pipe(mergeSortedWith([[2]], N.Ord))).toEqualTypeOf<Observable<number>>();
  });

  it('gives compare the type of the values', () => {
    void of({ at: 1 }).pipe(mergeSortedWith([of({ at: 2 })], { compare: (a, b) => a.at - b.at }));
    const others = [of({ at: 1, by: 'me' })];
    // @ts-expect-error the source has no name
    void of({ at: 1 }).pipe(mergeSortedWith(others, { compare: (a, b) => a.by.length - b.by.length }));
  });

  it('is a value of its own', () => {
    expectTypeOf(mergeSortedWith<number, number[]>([[1]], N.Ord)).toEqualTypeOf<OperatorFunction<number, number>>();
  });
});

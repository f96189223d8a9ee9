import * as rx from 'rxjs';
import { describe, expect, it } from 'vitest';
import { operatorLaws, type OperatorTraits } from '../../lib/testing/operatorLaws.ts';

type Numbers = rx.OperatorFunction<number, any>;
type Entry = readonly [create: () => Numbers, traits?: OperatorTraits];

const throwing = (make: (f: () => never) => Numbers): OperatorTraits => ({
  throwing: (thrown) =>
    make(() => {
      throw thrown;
    }),
});

/** Operators of RxJS, of which nobody here has written a line. */
const theirs: Readonly<Record<string, Entry>> = {
  auditTime: [() => rx.auditTime(10)],
  bufferCount: [() => rx.bufferCount(2)],
  bufferTime: [() => rx.bufferTime(10)],
  concatMap: [() => rx.concatMap((n) => rx.of(n)), throwing((f) => rx.concatMap(f))],
  debounceTime: [() => rx.debounceTime(10)],
  defaultIfEmpty: [() => rx.defaultIfEmpty(0)],
  delay: [() => rx.delay(10)],
  distinct: [() => rx.distinct(), throwing((f) => rx.distinct(f))],
  distinctUntilChanged: [() => rx.distinctUntilChanged(), throwing((f) => rx.distinctUntilChanged(rx.identity, f))],
  elementAt: [() => rx.elementAt(1, 0)],
  endWith: [() => rx.endWith(0)],
  exhaustMap: [() => rx.exhaustMap((n) => rx.of(n)), throwing((f) => rx.exhaustMap(f))],
  expand: [() => rx.expand(() => rx.EMPTY)],
  filter: [() => rx.filter((n) => n > 1), throwing((f) => rx.filter(f))],
  finalize: [() => rx.finalize(() => {})],
  groupBy: [() => rx.groupBy((n) => n % 2), throwing((f) => rx.groupBy(f))],
  ignoreElements: [() => rx.ignoreElements()],
  map: [() => rx.map((n) => n), throwing((f) => rx.map(f))],
  materialize: [() => rx.materialize(), { passesErrors: false }],
  mergeMap: [() => rx.mergeMap((n) => rx.of(n), 2), throwing((f) => rx.mergeMap(f))],
  mergeScan: [() => rx.mergeScan((sum, n) => rx.of(sum + n), 0), throwing((f) => rx.mergeScan(f, 0))],
  observeOn: [() => rx.observeOn(rx.asyncScheduler)],
  pairwise: [() => rx.pairwise()],
  reduce: [() => rx.reduce((sum, n) => sum + n, 0), throwing((f) => rx.reduce(f, 0))],
  retry: [() => rx.retry({ count: 1, delay: 10 }), { passesErrors: false }],
  sampleTime: [() => rx.sampleTime(10)],
  scan: [() => rx.scan((sum, n) => sum + n, 0), throwing((f) => rx.scan(f, 0))],
  share: [() => rx.share()],
  skip: [() => rx.skip(1)],
  skipLast: [() => rx.skipLast(1)],
  startWith: [() => rx.startWith(0)],
  switchMap: [() => rx.switchMap((n) => rx.of(n)), throwing((f) => rx.switchMap(f))],
  takeLast: [() => rx.takeLast(2)],
  takeWhile: [() => rx.takeWhile((n) => n < 2, true), throwing((f) => rx.takeWhile(f))],
  tap: [() => rx.tap(() => {}), throwing((f) => rx.tap(f))],
  throttleTime: [() => rx.throttleTime(10)],
  timestamp: [() => rx.timestamp()],
  toArray: [() => rx.toArray()],
  windowCount: [() => rx.windowCount(2)],
  withLatestFrom: [() => rx.withLatestFrom(rx.of(0))],
};

describe.each(Object.entries(theirs))('operatorLaws of %s of RxJS', (_, [create, traits]) => {
  for (const law of operatorLaws(create, traits)) it(law.name, law.check);
});

const EMPTY_IS_AN_ERROR = 'no value at all is an error to it: that is what it is for';

/** Those that break a law, which they say they do; with traits where there is one for it, the rest holds. */
const breaking: Readonly<Record<string, readonly [create: () => Numbers, broken: readonly string[], reason: string]>> =
  {
    shareReplay: [
      () => rx.shareReplay(1),
      [
        'lets go of its source when the consumer unsubscribes',
        'lets go of its source when the consumer leaves from within next',
        'stops a synchronous endless source once the consumer has left',
      ],
      'it goes on without consumers, to have what the next one asks for (refCount: true lets go)',
    ],
    catchError: [
      () => rx.catchError(() => rx.of(0)),
      ['passes the error of its source on, as it is'],
      'it takes errors away',
    ],
    first: [() => rx.first(), ['completes once its source has'], EMPTY_IS_AN_ERROR],
    last: [() => rx.last(), ['completes once its source has'], EMPTY_IS_AN_ERROR],
    single: [() => rx.single(), ['completes once its source has'], EMPTY_IS_AN_ERROR],
    throwIfEmpty: [() => rx.throwIfEmpty(), ['completes once its source has'], EMPTY_IS_AN_ERROR],
  };

describe('operatorLaws', () => {
  it.each(Object.entries(breaking))('are broken by %s where it says so', async (_, [create, broken, reason]) => {
    const found: string[] = [];
    for (const { name, check } of operatorLaws(create)) {
      await Promise.resolve()
        .then(check)
        .catch(() => found.push(name));
    }
    expect(found, reason).toEqual(broken);
  });
});

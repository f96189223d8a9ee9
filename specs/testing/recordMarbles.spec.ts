import fc from 'fast-check';
import { concat, EMPTY, interval, merge, NEVER, of, take, takeUntil, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OverflowError } from '../../operators/index.ts';
import type { MarbleRun } from '../../lib/testing/marbleRun.ts';
import { printMarbles } from '../../lib/testing/printMarbles.ts';
import { readMarbles } from '../../lib/testing/readMarbles.ts';
import { recordMarbles } from '../../lib/testing/recordMarbles.ts';
import type { Recorded } from '../../lib/testing/recorded.ts';
import { marbles } from '../support/marbles.ts';
import { runs } from '../support/seed.ts';

const value = (frame: number, of: unknown): Recorded => ({ frame, notification: { kind: 'N', value: of } });
const emptied = ({ frame, notification: { kind, value: one, error } }: Recorded) => ({
  frame,
  kind,
  value: one,
  error,
});

const recordings = fc
  .record({
    steps: fc.array(
      fc.tuple(fc.oneof(fc.nat(3), fc.nat(100_000)), fc.oneof(fc.constantFrom('a', 'b', '-', 1), fc.anything())),
      {
        maxLength: 80,
      },
    ),
    end: fc.constantFrom('C', 'E', undefined),
    error: fc.anything(),
  })
  .map(({ steps, end, error }) => {
    let frame = 0;
    const recorded = steps.map(([pause, of]) => value((frame += pause), of));
    if (end === 'C') recorded.push({ frame, notification: { kind: 'C' } });
    if (end === 'E') recorded.push({ frame, notification: { kind: 'E', error } });
    return recorded;
  });

describe('printMarbles and readMarbles', () => {
  it('give back what was recorded, whatever it is', () => {
    fc.assert(
      fc.property(recordings, (recorded) => {
        expect(readMarbles(printMarbles(recorded)).map(emptied)).toStrictEqual(recorded.map(emptied));
      }),
      runs(10_000),
    );
  });

  it('let letters stand for themselves, and give others one', () => {
    expect(printMarbles([value(1, 'b'), value(2, 7), value(3, 'x y'), value(4, 7)])).toEqual({
      rows: ['-baca'],
      values: { b: 'b', a: 7, c: 'x y' },
    });
  });

  it('take a second row for what finds no room in the first', () => {
    expect(printMarbles([value(0, 'a'), value(0, 'b'), value(1, 'c'), value(4, 'd')]).rows).toEqual(['(ab)d', '-c']);
  });

  it('have characters for more values than there are letters', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => value(n, { n }));
    expect(readMarbles(printMarbles(many)).map(emptied)).toEqual(many.map(emptied));
  });
});

describe('recordMarbles', () => {
  const failure = new Error('source');
  const cases: readonly (readonly [name: string, Parameters<typeof recordMarbles>[0], MarbleRun])[] = [
    ['values in time', interval(20).pipe(take(2)), { rows: ['20ms a 19ms (b|)'], values: { a: 0, b: 1 } }],
    ['values at once', of('x', 'y'), { rows: ['(xy|)'], values: { x: 'x', y: 'y' } }],
    ['nothing', EMPTY, { rows: ['|'], values: {} }],
    [
      'a failure',
      concat(
        timer(3),
        throwError(() => failure),
      ),
      { rows: ['---(a#)'], values: { a: 0 }, error: failure },
    ],
    ['what is cut off', merge(of('a'), NEVER).pipe(takeUntil(timer(5))), { rows: ['a----|'], values: { a: 'a' } }],
  ];

  it.each(cases)('records %s', (_, source$, run) =>
    marbles(({ expectObservable, flush }) => {
      const seen: MarbleRun[] = [];
      recordMarbles(source$).subscribe((one) => seen.push(one));
      expectObservable(NEVER).toBe('-');
      flush();
      expect(seen).toEqual([run]);
    })(),
  );

  it(
    'counts time from when it was subscribed to, again and again',
    marbles(({ flush }) => {
      const rows: string[] = [];
      const recorded$ = recordMarbles(timer(2));
      concat(recorded$, timer(7), recorded$).subscribe((one) => typeof one === 'object' && rows.push(...one.rows));
      flush();
      expect(rows).toEqual(['--(a|)', '--(a|)']);
    }),
  );

  it('records nothing without end', () => {
    const seen: unknown[] = [];
    recordMarbles(of(1, 2, 3), { bufferSize: 2 }).subscribe({ error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([new OverflowError('recordMarbles', 2)]);
  });
});

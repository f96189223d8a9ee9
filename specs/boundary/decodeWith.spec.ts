import * as t from 'io-ts';
import { of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { decodeWith } from '../../lib/boundary/decodeWith.ts';
import { DecodeError } from '../../lib/contracts/failure.ts';
import { operatorLaws } from '../../lib/testing/operatorLaws.ts';
import { marbles } from '../support/marbles.ts';

const Digit = t.refinement(t.string, (text) => /^\d$/.test(text), 'Digit');

describe('decodeWith', () => {
  for (const law of operatorLaws(() => decodeWith(t.unknown))) it(law.name, law.check);

  it(
    'emits what fits and errors at what does not',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  --1--2--x--3--|');
      const subs = '          ^-------!      ';
      const expected = '      --1--2--#      ';
      const failure = new DecodeError('Digit', [{ at: '/', expected: 'Digit', found: '"x"' }]);

      expectObservable(source$.pipe(decodeWith(Digit))).toBe(expected, undefined, failure);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    }),
  );

  it(
    'goes on past what does not fit when somebody takes it',
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('  --1--x--3--|');
      const expected = '      --1-----3--|';
      const rejected = new Subject<DecodeError>();

      expectObservable(source$.pipe(decodeWith(Digit, { onReject: (error) => rejected.next(error) }))).toBe(expected);
    }),
  );

  it('hands over the error that names the origin', () => {
    const rejected: DecodeError[] = [];
    of('1', 2, 'x')
      .pipe(decodeWith(Digit, { where: 'digits.txt', onReject: (error) => rejected.push(error) }))
      .subscribe();
    expect(rejected.map(({ message }) => message)).toEqual([
      'digits.txt: / must be Digit, not 2',
      'digits.txt: / must be Digit, not "x"',
    ]);
  });

  it('errors with what onReject throws', () => {
    const failure = new Error('nowhere to put it');
    const seen: unknown[] = [];
    const onReject = () => {
      throw failure;
    };
    of('x')
      .pipe(decodeWith(Digit, { onReject }))
      .subscribe({ error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([failure]);
  });
});

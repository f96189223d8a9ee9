import {
  concatMap,
  debounceTime,
  delay,
  filter,
  map,
  of,
  scan,
  switchMap,
  take,
  toArray,
  type OperatorFunction,
} from 'rxjs';
import { describe, it } from 'vitest';
import { operatorLaws, type OperatorTraits } from '../../lib/testing/operatorLaws.ts';

const lawful: Record<string, [() => OperatorFunction<number, unknown>, OperatorTraits?]> = {
  map: [
    () => map((value) => value * 2),
    {
      throwing: (thrown) =>
        map(() => {
          throw thrown;
        }),
    },
  ],
  filter: [() => filter((value) => value > 1)],
  take: [() => take(2)],
  scan: [() => scan((sum, value) => sum + value, 0)],
  toArray: [() => toArray()],
  concatMap: [() => concatMap((value) => of(value, value))],
  switchMap: [() => switchMap((value) => of(value).pipe(delay(10)))],
  debounceTime: [() => debounceTime(100)],
  delay: [() => delay(1_000)],
};

describe.each(Object.entries(lawful))('operatorLaws of %s', (_, [create, traits]) => {
  for (const law of operatorLaws(create, traits)) it(law.name, law.check);
});

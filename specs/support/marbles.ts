import { expect } from 'vitest';
import { createMarbles } from '../../lib/testing/marbles.ts';

export const marbles = createMarbles((actual, expected) => {
  expect(actual).toStrictEqual(expected);
});

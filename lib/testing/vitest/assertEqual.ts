import { expect } from 'vitest';

/** Throws what vitest throws where two differ. */
export function assertEqual(actual: unknown, expected: unknown): void {
  expect(actual).toStrictEqual(expected);
}

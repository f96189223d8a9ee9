import { expect, it } from 'vitest';
import { newId } from '../../../lib/adapters/node/newId.ts';

it('W2 gives ids of 128 random bits, each another, none of which looks like an option', () => {
  const ids = Array.from({ length: 5_000 }, newId);

  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^\w[\w-]{21}$/.test(id))).toEqual([]);
});

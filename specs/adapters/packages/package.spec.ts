import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesQuery } from '../../../lib/adapters/packages/matchesQuery.ts';
import { packageKey } from '../../../lib/adapters/packages/package.ts';
import { toPackage } from '../../../lib/adapters/packages/toPackage.ts';
import { comparePageKeys } from '../../../lib/contracts/pageKey.ts';
import { runs } from '../../support/seed.ts';

describe('packageKey', () => {
  it('orders by name, version and source, each by code point', () => {
    const item = fc.tuple(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.string({ maxLength: 2 }),
      fc.constantFrom('x', 'y'),
    );
    const bytes = (text: string) => Buffer.from(text, 'utf8');
    fc.assert(
      fc.property(item, item, (a, b) => {
        const expected =
          a.map((part, i) => Buffer.compare(bytes(part), bytes(b[i]!))).find((order) => order !== 0) ?? 0;
        const [keyA, keyB] = [a, b].map(([name, version, source]) => packageKey(toPackage(name, version, source, '')));
        expect(comparePageKeys(keyA!, keyB!)).toBe(expected);
      }),
      runs(),
    );
  });
});

describe('matchesQuery', () => {
  it.each([
    ['', true],
    ['RX', true],
    ['jS', true],
    ['reactive EXT', true],
    ['9.9', false],
    ['npm', false],
    ['.*', false],
  ])('%j is found: %s', (query, found) => {
    const item = { name: 'RxJS', version: '9.9', source: 'npm', description: 'Reactive Extensions' };
    expect(matchesQuery(item, { query })).toBe(found);
  });

  it('finds everything without a query, and nothing in a missing description', () => {
    expect(matchesQuery(toPackage('a', '1', 's', undefined), {})).toBe(true);
    expect(matchesQuery(toPackage('a', '1', 's', undefined), { query: 'undefined' })).toBe(false);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPageSize, readPageToken, readQuery } from '../../../lib/adapters/http/readQuery.ts';
import { runs } from '../../support/seed.ts';

const read = (search: string) =>
  readQuery(new URL(`http://localhost/${search}`), { once: ['query', 'pageSize'], many: ['source'] });

describe('readQuery', () => {
  it('gives each parameter as often as it may come', () => {
    expect(read('?query=a+b%20c&source=x&source=y')).toEqual({ query: 'a b c', source: ['x', 'y'] });
    expect(read('')).toEqual({ source: [] });
  });

  it('refuses a parameter that comes twice', () => {
    expect(() => read('?query=a&query=a')).toThrow(
      expect.objectContaining({ status: 400, code: 'repeated_parameter' }),
    );
  });

  it('refuses a parameter that nobody reads, and names those that are read', () => {
    expect(() => read('?pagesize=5')).toThrow(
      expect.objectContaining({
        code: 'unknown_parameter',
        message: 'there is no parameter "pagesize"; known: query, pageSize, source',
      }),
    );
    expect(() => read('?__proto__=1')).toThrow(expect.objectContaining({ code: 'unknown_parameter' }));
  });

  it('refuses bytes that are no text', () => {
    for (const search of ['?query=%', '?query=%zz', '?query=%ff', '?query=%c0%80']) {
      expect(() => read(search), search).toThrow(expect.objectContaining({ status: 400, code: 'malformed_query' }));
    }
  });

  it('H7 changes no prototype and throws nothing but a refusal, whatever the query says', () => {
    const probe: Record<string, unknown> = {};
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('query', '__proto__', 'constructor', 'source'), fc.string())),
        (pairs) => {
          const search = `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`;
          try {
            read(search);
          } catch (failure) {
            expect(failure).toMatchObject({ name: 'RequestError', status: 400 });
          }
          expect(Object.keys(probe)).toEqual([]);
          expect(probe['polluted']).toBeUndefined();
        },
      ),
      runs(),
    );
  });
});

describe('readPageSize', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['007', 7],
    ['1000000000', 1_000_000_000],
    ['9007199254740993', Number.MAX_SAFE_INTEGER],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ])('reads %s', (text, size) => {
    expect(readPageSize(text)).toBe(size);
  });

  it.each(['-1', '-0', '+1', '1.5', '1e3', 'NaN', 'Infinity', '0x10', ' 5', '5 ', '', '٣', '1_000', '9'.repeat(401)])(
    'refuses %j',
    (text) => {
      expect(() => readPageSize(text)).toThrow(expect.objectContaining({ status: 400, code: 'invalid_page_size' }));
    },
  );

  it('leaves what is absent to the default', () => {
    expect(readPageSize(undefined)).toBeUndefined();
  });
});

describe('readPageToken', () => {
  it('takes nothing and an empty token for the first page', () => {
    expect([readPageToken(undefined), readPageToken('')]).toEqual([undefined, undefined]);
  });

  it('refuses more than 8 KiB unread', () => {
    expect(readPageToken('x'.repeat(8_192))).toHaveLength(8_192);
    expect(() => readPageToken('x'.repeat(8_193))).toThrow(expect.objectContaining({ code: 'invalid_page_token' }));
  });
});

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, NotJsonError } from '../../lib/boundary/canonicalJson.ts';
import { runs } from '../support/seed.ts';

/** The same data with the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reversed(part)]),
  );
}

describe('canonicalJson', () => {
  it('is JSON of the same data', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      runs(),
    );
  });

  it('gives equal data one text, in whatever order its keys were written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
      runs(),
    );
  });

  it('gives two values one text only if they are equal', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 1 }), fc.jsonValue({ maxDepth: 1 }), (a, b) => {
        expect(canonicalJson(a) === canonicalJson(b)).toBe(isDeepStrictEqual(a, b));
      }),
      runs(),
    );
  });

  it('sorts keys by code unit, and keeps __proto__ a key like any other', () => {
    const value: unknown = JSON.parse('{"b":1,"__proto__":{"y":1,"x":2},"a":[{"d":1,"c":2}]}');
    expect(canonicalJson(value)).toBe('{"__proto__":{"x":2,"y":1},"a":[{"c":2,"d":1}],"b":1}');
  });

  it('leaves out properties that are undefined, and honours toJSON', () => {
    expect(canonicalJson({ a: undefined, at: new Date(0) })).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
    expect(canonicalJson(Object.assign(Object.create(null), { a: 1 }))).toBe('{"a":1}');
  });

  it('keeps lone surrogates apart', () => {
    expect(new Set(['\ud800', '\udc00', '\ufffd'].map(canonicalJson)).size).toBe(3);
  });

  const cycle: Record<string, unknown> = {};
  cycle['self'] = [cycle];
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];

  it.each([
    ['undefined', undefined, ''],
    ['NaN', { a: NaN }, '/a'],
    ['Infinity', [-Infinity], '/0'],
    ['a bigint', { 'a/b': { '~': 1n } }, '/a~1b/~0'],
    ['a function', { f: () => 1 }, '/f'],
    ['a symbol', [Symbol('s')], '/0'],
    ['a hole', [, 1], '/0'], // eslint-disable-line no-sparse-arrays -- a hole is the case
    ['a Map', { m: new Map([[1, 2]]) }, '/m'],
    ['a Set', new Set([1]), ''],
    ['a regular expression', /x/, ''],
    ['a boxed text', new String('x'), ''],
    ['a cycle', cycle, '/self/0'],
  ])('throws NotJsonError at the place of %s', (_, value, at) => {
    let thrown: unknown;
    try {
      canonicalJson(value);
    } catch (failure) {
      thrown = failure;
    }
    expect(thrown).toBeInstanceOf(NotJsonError);
    expect(thrown).toMatchObject({ code: 'not_json', at });
  });

  it('throws NotJsonError, and no RangeError, for what is nested too deeply', () => {
    expect(() => canonicalJson(deep)).toThrow(NotJsonError);
  });

  it('takes the same object twice, where it is no cycle', () => {
    const shared = { x: 1 };
    expect(canonicalJson([shared, shared])).toBe('[{"x":1},{"x":1}]');
  });
});

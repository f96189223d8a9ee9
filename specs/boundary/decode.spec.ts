import * as t from 'io-ts';
import { describe, expect, it } from 'vitest';
import { decode } from '../../lib/boundary/decode.ts';
import type { Codec } from '../../lib/contracts/codec.ts';
import { DecodeError } from '../../lib/contracts/failure.ts';

const Item = t.exact(t.type({ name: t.string, tags: t.array(t.string) }), 'Item');

interface Nested {
  readonly below: Nested | null;
}
const Nested: t.Type<Nested> = t.recursion('Nested', () => t.type({ below: t.union([Nested, t.null]) }));

function failureOf<A>(codec: Codec<A>, input: unknown): unknown {
  try {
    return decode(codec, input, 'list.json');
  } catch (failure) {
    return failure;
  }
}

describe('decode', () => {
  it('gives the value that the codec makes', () => {
    expect(decode(Item, { name: 'fig', tags: ['sweet'], more: 1 }, 'x')).toEqual({ name: 'fig', tags: ['sweet'] });
  });

  it('throws DecodeError with every place that is wrong, and the name of the origin', () => {
    const failure = failureOf(t.array(Item), [{ name: 1, tags: ['a', null] }]);
    expect(failure).toBeInstanceOf(DecodeError);
    expect(failure).toMatchObject({
      where: 'list.json',
      faults: [
        { at: '/0/name', expected: 'string', found: '1' },
        { at: '/0/tags/1', expected: 'string', found: 'null' },
      ],
    });
  });

  it('throws DecodeError, and no RangeError, for a value nested too deeply', () => {
    let deep: Nested = { below: null };
    for (let i = 0; i < 50_000; i++) deep = { below: deep };
    expect(failureOf(Nested, deep)).toBeInstanceOf(DecodeError);
  });

  it('lets the errors of the codec itself through', () => {
    const broken = new Error('broken codec');
    const codec: Codec<never> = {
      name: 'Broken',
      decode: () => {
        throw broken;
      },
    };
    expect(failureOf(codec, 1)).toBe(broken);
  });

  it('H7 lets no input reach a prototype', () => {
    const input: unknown = JSON.parse('{"name":"x","tags":[],"__proto__":{"admin":true}}');
    expect(decode(Item, input, 'x')).toEqual({ name: 'x', tags: [] });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

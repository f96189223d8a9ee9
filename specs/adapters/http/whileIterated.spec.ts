import { describe, expect, it } from 'vitest';
import { whileIterated } from '../../../lib/adapters/http/whileIterated.ts';

async function* numbers(failure?: Error): AsyncGenerator<number> {
  yield 1;
  yield 2;
  if (failure) throw failure;
}

function counted(values: AsyncIterable<number> = numbers()) {
  const calls = { begun: 0, ended: 0 };
  const begin = () => {
    calls.begun++;
    return () => {
      calls.ended++;
    };
  };
  return { calls, iterable: whileIterated(values, begin) };
}

describe('whileIterated', () => {
  it('begins with the iteration, and ends once it is over', async () => {
    const { calls, iterable } = counted();
    expect(calls).toEqual({ begun: 0, ended: 0 });
    const seen: number[] = [];
    for await (const value of iterable) {
      seen.push(value);
      expect(calls).toEqual({ begun: 1, ended: 0 });
    }
    expect({ seen, calls }).toEqual({ seen: [1, 2], calls: { begun: 1, ended: 1 } });
  });

  it('ends where the reader leaves, once', async () => {
    const { calls, iterable } = counted();
    const iterator = iterable[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.return!();
    await iterator.return!();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(calls).toEqual({ begun: 1, ended: 1 });
  });

  it('ends where the values fail', async () => {
    const failure = new Error('gone');
    const { calls, iterable } = counted(numbers(failure));
    const iterator = iterable[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    await expect(iterator.next()).rejects.toBe(failure);
    expect(calls).toEqual({ begun: 1, ended: 1 });
  });

  it('begins nothing where it may not', () => {
    let asked = 0;
    const values = {
      [Symbol.asyncIterator]: () => {
        asked++;
        return numbers();
      },
    };
    const full = new Error('full');
    const iterable = whileIterated(values, () => {
      throw full;
    });
    expect(() => iterable[Symbol.asyncIterator]()).toThrow(full);
    expect(asked).toBe(0);
  });
});

import fc from 'fast-check';
import { mergeMap, NEVER, of, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { comparePageKeys } from '../../lib/contracts/pageKey.ts';
import { aggregatePages } from '../../lib/core/paging/aggregatePages.ts';
import { pageTokens } from '../../lib/core/paging/pageTokens.ts';
import { createFanTest, type FanTestHelpers } from '../../lib/testing/createFanTest.ts';
import { fakePageSource, type FakePageSource } from '../../lib/testing/fakePageSource.ts';
import { fakeSealer } from '../../lib/testing/fakeSealer.ts';
import type { MarbleHelpers } from '../../lib/testing/marbles.ts';
import type { Permit } from '../../lib/testing/permit.ts';
import { assertEqual } from '../../lib/testing/vitest/assertEqual.ts';
import { fanTest, marbles } from '../../lib/testing/vitest/index.ts';
import { mergeSorted } from '../../operators/mergeSorted.ts';
import { runs } from '../support/seed.ts';

const byText = { compare: (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0) };

function failureOf(body: (helpers: MarbleHelpers) => void): Error {
  try {
    marbles(body)();
  } catch (failure) {
    if (failure instanceof Error) return failure;
  }
  throw new Error('the test passes');
}

async function fanFailureOf(body: (helpers: FanTestHelpers) => void | Promise<void>): Promise<Error> {
  return createFanTest(assertEqual)(body)().then(
    () => new Error('the test passes'),
    (failure: unknown) => failure as Error,
  );
}

function itemsOf(...sources: readonly FakePageSource<string>[]) {
  return aggregatePages<string>({
    sources,
    compare: comparePageKeys,
    key: (item) => item,
    tokens: pageTokens(fakeSealer()),
    prefetch: 0,
  }).items({ query: {}, pageSize: 2 });
}

describe('expectPermits in a marble test', () => {
  it(
    'tells when mergeSorted asks an iterable: for the next value when the last one is gone',
    marbles(({ cold, pulled, expectObservable, expectPermits }) => {
      const letters = pulled('ace|');
      const pushed$ = cold(' --b-----d----|');
      const permits = '      1-1-----1----1';
      const merged = '       --(ab)--(cd)-(e|)';

      expectObservable(mergeSorted([letters, pushed$], byText)).toBe(merged);
      expectPermits(letters).toBe(permits);
    }),
  );

  it(
    'tells when a source is left before its end',
    marbles(({ cold, pulled, expectObservable, expectPermits }) => {
      const letters = pulled('ace|');

      expectObservable(mergeSorted([letters, cold('--b--d|')], byText).pipe(take(2))).toBe('--(ab|)');
      expectPermits(letters).toBe('1-(1!)');
    }),
  );

  it(
    'sums what is asked for in one frame, of all readers, and reads twelve as twelve',
    marbles(({ pulled, expectObservable, expectPermits }) => {
      const letters = pulled('abcdef|');

      expectObservable(of(1, 2).pipe(mergeMap(() => letters))).toBe('(abcdefabcdef|)');
      expectPermits(letters).toBe('(14)');
      expectPermits(pulled('|')).toBe('');
    }),
  );

  it(
    'asks page sources for as many items as a page has',
    marbles(({ expectObservable, expectPermits }) => {
      const source = fakePageSource({ items: ['a', 'b', 'c'], key: (item) => item, latencyMs: 10, pageSize: 2 });

      expectObservable(itemsOf(source)).toBe('10ms (ab) 6ms (c|)');
      expectObservable(itemsOf(source), '    30ms ^ 4ms !').toBe('');
      expectPermits(source).toBe('            (20) 6ms (20) 16ms (20)-!');
    }),
  );

  it(
    'gives values and errors of its own',
    marbles(({ pulled, expectObservable }) => {
      const failure = new Error('boom');
      const source = pulled('ab#', { a: 1, b: 2 }, failure);
      expectObservable(of(0).pipe(mergeMap(() => source))).toBe('(ab#)', { a: 1, b: 2 }, failure);
    }),
  );

  it('shows the first ask that differs with a caret', () => {
    const { message, name } = failureOf(({ cold, pulled, expectPermits, expectObservable }) => {
      const letters = pulled('ace|');
      expectObservable(mergeSorted([letters, cold('--b-----d----|')], byText)).toBe('--(ab)--(cd)-(e|)');
      expectPermits(letters).toBe('1-2');
    });
    expect([name, message]).toMatchInlineSnapshot(`
      [
        "MarbleMismatchError",
        "the permits differ at 2 ms: expected an ask for 2, received an ask for 1

      expected  1-2-----------
      received  1-1-----1----1
                  ^",
      ]
    `);
  });

  it('shows an ask for more, a missing one, and a source that is left', () => {
    const says = (diagram: string) =>
      failureOf(({ pulled, expectPermits, expectObservable }) => {
        const letters = pulled('abcdefghijkl|');
        expectObservable(mergeSorted([letters, NEVER], byText), '^---!').toBe('----');
        expectPermits(letters).toBe(diagram);
      }).message;
    expect(says('')).toMatchInlineSnapshot(`
      "the permits differ at 0 ms: expected nothing, received an ask for 1

      expected  -----
      received  1---!
                ^"
    `);
    expect(says('1--1!')).toMatchInlineSnapshot(`
      "the permits differ at 3 ms: expected an ask for 1, received nothing

      expected  1--1!
      received  1---!
                   ^"
    `);
  });

  it('refuses what is no diagram of permits, and a source that would take time', () => {
    expect(failureOf(({ pulled, expectPermits }) => expectPermits(pulled('a|')).toBe('a--')).message).toContain(
      "as in '1--1-!'",
    );
    expect(failureOf(({ pulled, expectPermits }) => void expectPermits(pulled('a|'))).message).toContain(
      'toBe is missing',
    );
    for (const diagram of ['a-b|', 'ab', '']) {
      expect(failureOf(({ pulled }) => void pulled(diagram)).message).toContain('has an end');
    }
  });
});

describe('expectPermits under virtual time', () => {
  it(
    'lets each answer take its time',
    fanTest(async ({ cold, pulled, expectObservable, expectPermits, sleep }) => {
      await sleep(10);
      const letters = pulled('--a---c|');
      const pushed$ = cold('  b---d|');
      const permits = '       1-1--1';
      const merged = '        --a--(bcd|)';

      expectObservable(mergeSorted([letters, pushed$], byText)).toBe(merged);
      expectPermits(letters).toBe(permits);
    }),
  );

  it(
    'asks nothing of a source without an end after it is left, and sets no timer',
    fanTest(async ({ pulled }) => {
      const reader = pulled('a 1s b')[Symbol.asyncIterator]();
      expect(await reader.next()).toEqual({ done: false, value: 'a' });
      const waiting = [reader.next(), reader.next()];
      await reader.return?.();
      expect(await Promise.all(waiting)).toEqual([
        { done: true, value: undefined },
        { done: true, value: undefined },
      ]);
      const endless = pulled('-')[Symbol.asyncIterator]();
      const never = endless.next();
      await endless.return?.();
      expect(await never).toEqual({ done: true, value: undefined });
    }),
  );

  it('shows the first ask that differs, counted from where it is expected', async () => {
    const { message, stack } = await fanFailureOf(async ({ pulled, expectPermits, sleep }) => {
      const letters = pulled('a|');
      await sleep(5);
      expectPermits(letters).toBe('--1');
      await sleep(3);
      for await (const letter of letters) expect(letter).toBe('a');
    });
    expect(message).toMatchInlineSnapshot(`
      "the permits differ at 2 ms: expected an ask for 1, received nothing

      expected  --1-
      received  ---2
                  ^"
    `);
    expect(stack).toContain('permits.spec.ts');
  });
});

describe('a diagram of permits', () => {
  const asks = fc.array(
    fc.record({
      pauseMs: fc.integer({ min: 1, max: 30 }),
      counts: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const verdictOf = (permits: readonly Permit[], diagram: string): string => {
    let verdict = 'passes';
    try {
      marbles(({ expectPermits }) => expectPermits({ permits }).toBe(diagram))();
    } catch (failure) {
      verdict = (failure as Error).message.split(':')[0]!;
    }
    return verdict;
  };

  it('passes for the asks it draws, and for no others', () => {
    fc.assert(
      fc.property(asks, fc.nat(), (all, pick) => {
        let frame = 0;
        let diagram = '';
        const permits: Permit[] = [];
        for (const { pauseMs, counts } of all) {
          const cell = `(${counts.reduce((sum, count) => sum + count, 0)})`;
          diagram += ` ${pauseMs}ms ${cell}`;
          frame += pauseMs;
          for (const count of counts) permits.push({ kind: 'asked', at: frame, count });
          frame += cell.length;
        }
        const at = pick % permits.length;
        const changed = permits[at]!;
        const more = permits.with(at, { kind: 'asked', at: changed.at, count: 61 });

        expect(verdictOf(permits, diagram)).toBe('passes');
        expect(verdictOf(more, diagram)).toBe(`the permits differ at ${changed.at} ms`);
      }),
      runs(100),
    );
  });
});

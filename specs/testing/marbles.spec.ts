import { concatMap, delay, map, mergeMap, NEVER, of, throwError, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { createMarbles } from '../../lib/testing/marbles.ts';
import { marbles } from '../support/marbles.ts';

/** How a marble test fails. */
function failureOf(body: (helpers: RunHelpers) => void): Error {
  try {
    marbles(body)();
  } catch (failure) {
    if (failure instanceof Error) return failure;
  }
  throw new Error('the test passes');
}

function late(source$: Observable<string>): Observable<string> {
  return source$.pipe(delay(1));
}

describe('createMarbles', () => {
  it(
    'passes what goes as its diagram says',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' --a--(bc)--#', { a: 1, b: 2, c: 3 }, new Error('boom'));
      const subs = '         ^----------!';
      const expected = '     --a--(bc)--#';

      expectObservable(source$.pipe(map((n) => n * 2))).toBe(expected, { a: 2, b: 4, c: 6 }, new Error('boom'));
      expectObservable(source$).toEqual(source$);
      expectSubscriptions(source$.subscriptions).toBe([subs, subs, subs]);
    }),
  );

  it('shows a value that comes at another time', () => {
    const { message } = failureOf(({ cold, expectObservable }) => {
      expectObservable(late(cold('--a---b-|'))).toBe('--a---b-|');
    });
    expect(message).toMatchInlineSnapshot(`
      "the streams differ at 2 ms: expected a, received nothing

      expected  --a---b-|
      received  ---a---b|
                  ^"
    `);
  });

  it('shows which value is another one, and hands the difference on', () => {
    const { message, cause } = failureOf(({ cold, expectObservable }) => {
      const received = { a: { at: 1, tags: ['x'] }, b: { at: 2, tags: [] } };
      const expected = { a: { at: 1, tags: ['x'] }, b: { at: 2, tags: ['y'] } };
      expectObservable(cold('-a-b-|', received)).toBe('-a-b-|', expected);
    });
    expect(message).toMatchInlineSnapshot(`
      "the streams differ at 3 ms: expected b, received A

      expected  -a-b-|
      received  -a-A-|
                   ^
      a = { at: 1, tags: ["x"] }
      b = { at: 2, tags: ["y"] }
      A = { at: 2, tags: [] }"
    `);
    expect(cause).toMatchObject({ actual: { at: 2, tags: [] }, expected: { at: 2, tags: ['y'] } });
  });

  it('tells the number 1 from the text "1"', () => {
    const { message } = failureOf(({ cold, expectObservable }) => {
      expectObservable(cold('-1-2-|').pipe(map((text) => Number(text)))).toBe('-1-2-|');
    });
    expect(message).toMatchInlineSnapshot(`
      "the streams differ at 1 ms: expected 1, received A

      expected  -1-2-|
      received  -A-B-|
                 ^
      1 = "1"
      2 = "2"
      A = 1
      B = 2"
    `);
  });

  it('shows a group where single values were expected', () => {
    const { message } = failureOf(({ cold, expectObservable }) => {
      expectObservable(cold('--a---|').pipe(mergeMap(() => ['a', 'b', 'c']))).toBe('--abc-|');
    });
    expect(message).toMatchInlineSnapshot(`
      "the streams differ at 2 ms: expected a, received (abc)

      expected  --a    bc-|
      received  --(abc)---|
                  ^"
    `);
  });

  it('points into a group', () => {
    const { message } = failureOf(({ cold, expectObservable }) => {
      expectObservable(cold('--(abc)--|')).toBe('--(abd)--|');
    });
    expect(message).toMatchInlineSnapshot(`
      "the streams differ at 2 ms: expected (abd), received (abc)

      expected  --(abd)--|
      received  --(abc)--|
                     ^"
    `);
  });

  it('shows an error that is another one', () => {
    const { message } = failureOf(({ cold, expectObservable }) => {
      expectObservable(cold('-a-#', { a: 'a' }, new RangeError('too far'))).toBe('-a-#');
    });
    expect(message).toMatchInlineSnapshot(`
      "the streams differ

      expected  -a-#
      received  -a-#

      expected # = "error"
      received # = RangeError: too far"
    `);
  });

  it('shows an end that does not come, and one that nobody expects', () => {
    const missing = failureOf(({ cold, expectObservable }) => {
      expectObservable(cold('-a-')).toBe('-a-|');
    });
    const unexpected = failureOf(({ cold, expectObservable }) => {
      expectObservable(cold('-a-').pipe(mergeMap(() => throwError(() => new Error('boom'))))).toBe('-a-');
    });
    expect(missing.message).toMatchInlineSnapshot(`
      "the streams differ at 3 ms: expected completion, received nothing

      expected  -a-|
      received  -a--
                   ^"
    `);
    expect(unexpected.message).toMatchInlineSnapshot(`
      "the streams differ at 1 ms: expected a, received an error

      expected  -a
      received  -#
                 ^
      received # = Error: boom"
    `);
  });

  it('shortens the time in which nothing happens', () => {
    const { message } = failureOf(({ cold, expectObservable }) => {
      expectObservable(cold('-a 2s b 1m |').pipe(delay(500))).toBe('-a 2s b 1m |');
    });
    expect(message).toMatchInlineSnapshot(`
      "the streams differ at 1 ms: expected a, received nothing

      expected  -a 499ms - 1500ms b 499ms - 59500ms |
      received  -- 499ms a 1500ms - 499ms b 59500ms |
                 ^"
    `);
  });

  it('shows the part of a long stream that matters', () => {
    const { message } = failureOf(({ cold, expectObservable }) => {
      expectObservable(cold('-a-b'.repeat(100))).toBe('-a-b'.repeat(60) + '-a--b' + '-a-b'.repeat(39));
    });
    expect(message).toMatchInlineSnapshot(`
      "the streams differ at 243 ms: expected nothing, received b

      expected  ... a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a--b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b ...
      received  ... a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b-a-b- ...
                                                                      ^
      from there on the same comes, 1 ms earlier"
    `);
  });

  it('shows a subscription that ends at another time', () => {
    const { message } = failureOf(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('--a---b-|');
      expectObservable(source$, '^---!').toBe('--a--');
      expectSubscriptions(source$.subscriptions).toBe('^-------!');
    });
    expect(message).toMatchInlineSnapshot(`
      "the subscriptions differ at 4 ms: expected nothing, received an unsubscription

      expected  ^-------!
      received  ^---!
                    ^"
    `);
  });

  it('shows a subscription that is missing, and one too many', () => {
    const missing = failureOf(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const inner$ = cold('-x|');
      expectObservable(hot('a--b|').pipe(concatMap(() => inner$))).toBe('-x--x|');
      expectSubscriptions(inner$.subscriptions).toBe(['^-!', '---^-!', '------^-!']);
    });
    const unwanted = failureOf(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-x|');
      expectObservable(source$).toBe('-x|');
      expectSubscriptions(source$.subscriptions).toBe([]);
    });
    expect(missing.message).toMatchInlineSnapshot(`
      "the subscriptions differ (3 expected, 2 received) at 6 ms: expected a subscription, received nothing

      expected  ^-!
      received  ^-!

      expected  ---^-!
      received  ---^-!

      expected  ------^-!
      received  
                      ^"
    `);
    expect(unwanted.message).toMatchInlineSnapshot(`
      "the subscriptions differ (0 expected, 1 received) at 0 ms: expected nothing, received a subscription

      expected  
      received  ^-!
                ^"
    `);
  });

  it('points to the expectation, not to what checks it', () => {
    const { stack } = failureOf(({ expectObservable }) => {
      expectObservable(NEVER).toBe('-');
      expectObservable(of('a')).toBe('(b|)');
    });
    const source = Error().stack!.split('\n')[1]!;
    const lineOf = (frame: string) => Number(/:(\d+):\d+\)?$/.exec(frame)![1]);
    const first = stack!.split('\n').find((line) => line.startsWith('    at '))!;

    expect(first).toContain('marbles.spec.ts');
    expect(lineOf(source) - lineOf(first)).toBe(2);
  });

  it('shows the first of several expectations that fails', () => {
    const { message } = failureOf(({ cold, expectObservable, flush }) => {
      expectObservable(of('a')).toBe('(a|)');
      flush();
      expectObservable(of('b')).toBe('(b|)');
      expectObservable(cold('-c|')).toBe('--c|');
      expectObservable(cold('-d|')).toBe('--d|');
    });
    expect(message).toContain('at 1 ms: expected nothing, received c');
  });

  it('does not let an expectation go unsaid', () => {
    const { message } = failureOf(({ cold, expectObservable }) => {
      expectObservable(cold('-a|'));
    });
    expect(message).toBe('nothing is expected here: toBe or toEqual is missing');
  });

  it('asks for a name for every value, once it is given names', () => {
    const { message } = failureOf(({ cold, expectObservable }) => {
      expectObservable(cold('-a 5ms #')).toBe('-a 5ms #', {}, 'error');
    });
    expect(message).toContain('values do not say what a stands for');
  });

  it('refuses an async test', () => {
    const body = async ({ expectObservable }: RunHelpers) => {
      expectObservable(of('a')).toBe('(a|)');
    };
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the mistake this is about
    expect(failureOf(body).message).toContain('never async');
  });

  it('goes by the assertion it is given', () => {
    const caseless = createMarbles((actual, expected) => {
      expect(JSON.stringify(actual).toLowerCase()).toBe(JSON.stringify(expected).toLowerCase());
    });
    const test = caseless(({ cold, expectObservable }) => {
      expectObservable(cold('-a-b|')).toBe('-A-c|');
    });
    expect(test).toThrow('at 3 ms: expected c, received b');
  });
});

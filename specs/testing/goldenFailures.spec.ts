import { readFileSync } from 'node:fs';
import { concatMap, delay, map, mergeMap, switchMap, take } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { marbles } from '../../lib/testing/vitest/index.ts';

/**
 * How a marble test fails, as whoever runs it reads it: the message, and the line that the stack points to, which is shown as it
 * stands in this file.
 */
function reportOf(body: (helpers: RunHelpers) => void): string {
  try {
    marbles(body)();
  } catch (failure) {
    const { message, stack = '' } = failure as Error;
    const [, line = ''] = /goldenFailures\.spec\.ts:(\d+)/.exec(stack.slice(stack.indexOf('\n    at '))) ?? [];
    const report = `${message}\n> ${sourceLines[Number(line) - 1]?.trim()}`;
    expect(report.split('\n').length).toBeLessThanOrEqual(24);
    expect(Math.max(...report.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(120);
    return report;
  }
  throw new Error('the test passes');
}

const sourceLines = readFileSync(import.meta.filename, 'utf8').split('\n');

describe('the message of a mistake', () => {
  it('off by one frame', () => {
    const report = reportOf(({ cold, expectObservable }) => {
      const source$ = cold('--a---b---c|');
      expectObservable(source$.pipe(delay(3))).toBe('----a---b---(c|)');
    });
    expect(report).toMatchInlineSnapshot(`
      "the streams differ at 4 ms: expected a, received nothing

      expected  ----a---b---(c|)
      received  -----a---b---   (c|)
                    ^
      from there on the same comes, 1 ms later
      > expectObservable(source$.pipe(delay(3))).toBe('----a---b---(c|)');"
    `);
  });

  it('the right diagram with another value', () => {
    const report = reportOf(({ cold, expectObservable }) => {
      const source$ = cold('-a-b-c|', { a: 1, b: 2, c: 3 });
      expectObservable(source$.pipe(map((n) => n * n))).toBe('-a-b-c|', { a: 1, b: 2, c: 9 });
    });
    expect(report).toMatchInlineSnapshot(`
      "the streams differ at 3 ms: expected b, received A

      expected  -a-b-c|
      received  -a-A-c|
                   ^
      a = 1
      b = 2
      c = 9
      A = 4
      > expectObservable(source$.pipe(map((n) => n * n))).toBe('-a-b-c|', { a: 1, b: 2, c: 9 });"
    `);
  });

  it('a group that was taken for one frame', () => {
    const report = reportOf(({ cold, expectObservable }) => {
      const source$ = cold('--a---b-|');
      expectObservable(source$.pipe(mergeMap((letter) => [letter, 'x']))).toBe('--(ax)---(bx)-|');
    });
    expect(report).toMatchInlineSnapshot(`
      "the streams differ at 6 ms: expected nothing, received (bx)

      expected  --(ax)--  -(bx)-|
      received  --(ax)(bx)|
                      ^
      a group takes as many frames as it has characters: that at 2 ms takes 4, what follows stands at 6 ms or later
      > expectObservable(source$.pipe(mergeMap((letter) => [letter, 'x']))).toBe('--(ax)---(bx)-|');"
    `);
  });

  it('an end that comes too early', () => {
    const report = reportOf(({ cold, expectObservable }) => {
      expectObservable(cold('-a-b-c-|').pipe(take(2))).toBe('-a-b-c-|');
    });
    expect(report).toMatchInlineSnapshot(`
      "the streams differ at 3 ms: expected b, received (b|)

      expected  -a-b-  c-|
      received  -a-(b|)
                   ^
      > expectObservable(cold('-a-b-c-|').pipe(take(2))).toBe('-a-b-c-|');"
    `);
  });

  it('an end that never comes', () => {
    const report = reportOf(({ cold, hot, expectObservable }) => {
      expectObservable(hot('-a-b-|').pipe(switchMap(() => cold('x-y-')))).toBe('-x-x-y|');
    });
    expect(report).toMatchInlineSnapshot(`
      "the streams differ at 6 ms: expected completion, received nothing

      expected  -x-x-y|
      received  -x-x-y-
                      ^
      > expectObservable(hot('-a-b-|').pipe(switchMap(() => cold('x-y-')))).toBe('-x-x-y|');"
    `);
  });

  it('a subscription at another frame', () => {
    const report = reportOf(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const inner$ = cold('--x|');
      expectObservable(hot('-a-b|').pipe(concatMap(() => inner$))).toBe('---x--x|');
      expectSubscriptions(inner$.subscriptions).toBe(['-^--!', '---^--!']);
    });
    expect(report).toMatchInlineSnapshot(`
      "the subscriptions differ at 3 ms: expected a subscription, received nothing

      expected  -^--!
      received  -^--!

      expected  ---^--!
      received  ----^--!
                   ^
      > expectSubscriptions(inner$.subscriptions).toBe(['-^--!', '---^--!']);"
    `);
  });

  it('a subscription that is missing, of many', () => {
    const report = reportOf(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const inner$ = cold('x|');
      const subs = Array.from({ length: 12 }, (_, i) => `${'-'.repeat(2 * i)}^!`);
      expectObservable(hot('a-b-c-d-e-f-g-h-i-j-k-|').pipe(concatMap(() => inner$))).toBe('x-x-x-x-x-x-x-x-x-x-x-|');
      expectSubscriptions(inner$.subscriptions).toBe(subs);
    });
    expect(report).toMatchInlineSnapshot(`
      "the subscriptions differ (12 expected, 11 received) at 22 ms: expected a subscription, received nothing

      (7 before that are the same)

      expected  --------------^!
      received  --------------^!

      expected  ----------------^!
      received  ----------------^!

      expected  ------------------^!
      received  ------------------^!

      expected  --------------------^!
      received  --------------------^!

      expected  ----------------------^!
      received  
                                      ^
      > expectSubscriptions(inner$.subscriptions).toBe(subs);"
    `);
  });

  it('many values, of which each is long', () => {
    const report = reportOf(({ cold, expectObservable }) => {
      const rowOf = (letter: string, end: string) => ({ id: letter.repeat(30), text: letter.repeat(70) + end });
      const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
      const given = Object.fromEntries(letters.map((letter) => [letter, rowOf(letter, '')]));
      const other = { ...given, t: rowOf('t', '!') };
      expectObservable(cold(letters.join('-'), given)).toBe(letters.join('-'), other);
    });
    expect(report).toMatchInlineSnapshot(`
      "the streams differ at 38 ms: expected t, received A

      expected  a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t-u-v-w-x-y-z
      received  a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-A-u-v-w-x-y-z
                                                      ^
      t = { id: "tttttttttttttttttttttttttttttt", text: "tttttttttttttttttttttttttttttttttttttttttttttttttt...
      A = { id: "tttttttttttttttttttttttttttttt", text: "tttttttttttttttttttttttttttttttttttttttttttttttttt...
      a = { id: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", text: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...
      b = { id: "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", text: "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...
      c = { id: "cccccccccccccccccccccccccccccc", text: "cccccccccccccccccccccccccccccccccccccccccccccccccc...
      d = { id: "dddddddddddddddddddddddddddddd", text: "dddddddddddddddddddddddddddddddddddddddddddddddddd...
      e = { id: "eeeeeeeeeeeeeeeeeeeeeeeeeeeeee", text: "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee...
      f = { id: "ffffffffffffffffffffffffffffff", text: "ffffffffffffffffffffffffffffffffffffffffffffffffff...
      g = { id: "gggggggggggggggggggggggggggggg", text: "gggggggggggggggggggggggggggggggggggggggggggggggggg...
      h = { id: "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhh", text: "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh...
      i = { id: "iiiiiiiiiiiiiiiiiiiiiiiiiiiiii", text: "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii...
      j = { id: "jjjjjjjjjjjjjjjjjjjjjjjjjjjjjj", text: "jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj...
      and 15 others
      > expectObservable(cold(letters.join('-'), given)).toBe(letters.join('-'), other);"
    `);
  });
});

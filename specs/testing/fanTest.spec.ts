import {
  concatMap,
  debounceTime,
  defer,
  EMPTY,
  firstValueFrom,
  interval,
  map,
  mergeMap,
  NEVER,
  of,
  repeat,
  Subject,
  take,
  throwError,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createFanTest } from '../../lib/testing/createFanTest.ts';
import { EndlessTestError, LeakError, StuckTestError } from '../../lib/testing/fanTestFailure.ts';
import { MarbleMismatchError } from '../../lib/testing/mismatch.ts';
import { fanTest } from '../../lib/testing/vitest/index.ts';
import { aggregatePages } from '../../lib/core/paging/aggregatePages.ts';
import { fakeSealer } from '../../lib/testing/fakeSealer.ts';
import { pageTokens } from '../../lib/core/paging/pageTokens.ts';

const failing = createFanTest((actual, expected) => {
  expect(actual).toStrictEqual(expected);
});
const failureOf = (run: () => Promise<void>): Promise<any> =>
  run().then(
    () => undefined,
    (failure: unknown) => failure,
  );

describe('fanTest', () => {
  it(
    'sees promises at their exact time, between timers',
    fanTest(async ({ expectObservable, sleep }) => {
      const ask = () => sleep(3).then(() => 'a');

      expectObservable(defer(ask).pipe(repeat({ count: 2, delay: 1_000 }))).toBe('---a 1002ms (a|)');
      await sleep(0);
    }),
  );

  it(
    'lets a whole chain of promises settle in no time',
    fanTest(({ expectObservable }) => {
      const chain = async () => {
        for (let n = 0; n < 100; n++) await Promise.resolve();
        return 'a';
      };
      expectObservable(timer(2).pipe(concatMap(chain))).toBe('--(a|)');
    }),
  );

  it(
    'has cold and hot sources, and subscriptions',
    fanTest(({ cold, hot, expectObservable }) => {
      const failure = new Error('source');
      const cold$ = cold('a-b--|', { a: 1, b: 2 });
      const hot$ = hot('  a-b--c-#', undefined, failure);

      expectObservable(cold$.pipe(map((n) => n * 10))).toBe('a-b--|', { a: 10, b: 20 });
      expectObservable(cold$, '--^--!').toBe('       --a-b-', { a: 1, b: 2 });
      expectObservable(hot$).toBe('a-b--c-#', undefined, failure);
      expectObservable(hot$, ' -^---!').toBe('--b---');
      expectObservable(interval(2), '^----!').toBe('--a-b', { a: 0, b: 1 });
      expectObservable(throwError(() => undefined)).toBe('#', undefined, undefined);
    }),
  );

  it(
    'knows when its cold sources are subscribed to',
    fanTest(async ({ cold, expectObservable, expectSubscriptions, sleep }) => {
      const cold$ = cold('-a-|');
      await sleep(3);
      expectObservable(cold$.pipe(repeat(2))).toBe('-a--a-|');
      expectObservable(cold$, '-^!').toBe('');
      expectSubscriptions(cold$).toBe(['^--!', '-^!', '---^--!']);
    }),
  );

  it(
    'has sources without an end',
    fanTest(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const cold$ = cold('-a-b-');
      expectObservable(cold$, '^-----!').toBe('-a-b--');
      expectObservable(hot('a--'), '^-----!').toBe('a-----');
      expectObservable(hot('a------- 1s b|'), '^-!').toBe('a-');
      expectSubscriptions(cold$).toBe('^-----!');
    }),
  );

  it(
    'counts from where something is expected',
    fanTest(async ({ cold, expectObservable, sleep, now }) => {
      await sleep(50);
      expectObservable(cold('--a|')).toBe('--a|');
      await sleep(50);
      expectObservable(cold('-b|').pipe(debounceTime(5))).toBe('--(b|)');
      expect(now()).toBe(100);
    }),
  );

  it(
    'is the clock of whoever asks the host',
    fanTest(async ({ sleep, now }) => {
      const seen = [Date.now(), performance.now(), now()];
      await sleep(86_400_000 * 20);
      setImmediate(() => seen.push(-1));
      await sleep(1);
      expect([...seen, Date.now(), now()]).toEqual([0, 0, 0, -1, 86_400_000 * 20 + 1, 86_400_000 * 20 + 1]);
    }),
  );

  it('pages through sources that answer with promises, to the millisecond, a thousand times', async () => {
    const letters = { odd: ['a', 'c', 'e'], even: ['b', 'd', 'f'] };
    const once = fanTest(async ({ expectObservable, sleep, now }) => {
      const source = (name: 'odd' | 'even', ms: number) => ({
        name,
        fetch: async ({ pageToken = '0' }: { pageToken?: string | undefined }) => {
          await sleep(ms);
          const at = Number(pageToken);
          return { items: letters[name].slice(at, at + 1), ...(at < 2 && { nextPageToken: String(at + 1) }) };
        },
      });
      const pages = aggregatePages<string, object>({
        sources: [source('odd', 2), source('even', 5)],
        compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
        key: (item) => item,
        tokens: pageTokens(fakeSealer()),
        prefetch: 0,
      });
      expectObservable(pages.items({ query: {} })).toBe('-----a-b----c-d----(ef|)');
      await sleep(1);
      expect(now()).toBe(1);
    });
    for (let n = 0; n < 1_000; n++) await once();
  });

  it('takes no real time', async () => {
    const from = process.hrtime.bigint();
    await fanTest(({ expectObservable }) => {
      expectObservable(
        interval(60_000).pipe(
          take(1_000),
          mergeMap(() => EMPTY),
        ),
      ).toBe('1000m |');
    })();
    expect(Number(process.hrtime.bigint() - from) / 1e6).toBeLessThan(2_000);
  });

  it('gives the host its time back, whatever happens', async () => {
    const before = [globalThis.setTimeout, globalThis.Date, globalThis.performance.now, Error.stackTraceLimit];
    await failureOf(
      failing(() => {
        throw new Error('body');
      }),
    );
    await failureOf(failing(({ expectObservable }) => expectObservable(of(1)).toBe('|')));
    expect([globalThis.setTimeout, globalThis.Date, globalThis.performance.now, Error.stackTraceLimit]).toEqual(before);
    expect(Date.now()).toBeGreaterThan(1e12);
  });
});

describe('a test under virtual time that fails', () => {
  it('throws what its body throws', async () => {
    const failure = new Error('body');
    expect(await failureOf(failing(() => Promise.reject(failure)))).toBe(failure);
  });

  it('shows marbles, and points to the expectation', async () => {
    const failure = await failureOf(
      failing(({ cold, expectObservable }) => expectObservable(cold('-a-b|')).toBe('-a--b|')),
    );
    expect(failure).toBeInstanceOf(MarbleMismatchError);
    expect(failure.message).toMatchInlineSnapshot(`
      "the streams differ at 3 ms: expected nothing, received b

      expected  -a--b|
      received  -a-b|
                   ^
      from there on the same comes, 1 ms earlier"
    `);
    expect(failure.stack).toContain('fanTest.spec.ts');
  });

  it('shows subscriptions as marbles too', async () => {
    const failure = await failureOf(
      failing(({ cold, expectSubscriptions }) => {
        const cold$ = cold('--|');
        cold$.subscribe();
        expectSubscriptions(cold$).toBe('^---!');
      }),
    );
    expect(failure.message).toContain('the subscriptions differ at 2 ms: expected nothing, received an unsubscription');
  });

  it('says when nothing is expected', async () => {
    expect(String(await failureOf(failing(({ expectObservable }) => void expectObservable(EMPTY))))).toContain(
      'toBe is missing',
    );
  });

  it('names the timers that are left, and where they were set', async () => {
    const failure = await failureOf(failing(() => void setInterval(() => {}, 1_000)));
    expect(failure).toBeInstanceOf(LeakError);
    expect(failure.timers).toEqual([expect.stringMatching(/^setInterval at .*fanTest\.spec\.ts:\d+/)]);
  });

  it('names the line whose stream is left, below the scheduler', async () => {
    const failure = await failureOf(failing(() => void interval(10).pipe(take(5)).subscribe(new Subject<number>())));
    expect(failure.timers).toEqual([expect.stringContaining('fanTest.spec.ts')]);
  });

  it('says so when it waits for what never comes', async () => {
    const failure = await failureOf(
      failing(async ({ sleep }) => {
        await sleep(7);
        await firstValueFrom(NEVER);
      }),
    );
    expect(failure).toBeInstanceOf(StuckTestError);
    expect(failure.message).toContain('at 7 ms');
  });

  it('says so when there is no end', async () => {
    const failure = await failureOf(failing(({ expectObservable }) => expectObservable(interval(1)).toBe('-a')));
    expect(failure).toBeInstanceOf(EndlessTestError);
    expect(failure.message).toContain("expectObservable(a$, '^---!')");
  });

  it('cannot run inside another one', async () => {
    expect(await failureOf(failing(() => failing(() => {})()))).toBeInstanceOf(TypeError);
  });
});

import fc from 'fast-check';
import { takeUntil, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { DeadlineError, SourceError } from '../../../lib/contracts/sourceFailure.ts';
import type { FakePageSource } from '../../../lib/testing/fakePageSource.ts';
import {
  aggregateOf,
  build,
  itemsOf,
  keyOf,
  reference,
  someWorld,
  sourcesOf,
  virtually,
  walk,
} from '../../support/paging.ts';
import { runs } from '../../support/seed.ts';

const down = new Error('down');

describe('aggregatePages, when a source fails', () => {
  it('M10 fails the page, names the source, and gives no part of the page', () => {
    fc.assert(
      fc.property(someWorld, fc.nat(4), fc.nat(3), (world, who, call) => {
        const sources = build(world);
        const failing = sources[who];
        fc.pre(failing !== undefined);
        const broken = sources.map((source) => (source === failing ? failingAt(failing, call) : source));
        const { values, error } = virtually(() => aggregateOf(broken).page({ pageSize: 1_000 }));

        if (failing.calls.length < call + 1 && error === undefined)
          expect(values[0]!.items).toEqual(reference(sources));
        else {
          expect(error).toEqual(new SourceError(failing.name, down));
          expect((error as Error).cause).toBe(down);
          expect(values).toEqual([]);
        }
      }),
      runs(),
    );
  });

  it('M10 omits the source, lists it as unreachable, and takes its items in later, in order', () => {
    const failures = fc.array(fc.boolean(), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(someWorld, fc.nat(4), failures, (world, who, fails) => {
        let calls = 0;
        const sources = build(world);
        const some = sources.map((source, index) =>
          index === who ? flaky(source, () => fails[calls++] ?? false) : source,
        );
        const outcome = virtually(() => walk(aggregateOf(some, { onSourceFailure: 'omit' }), world.sizes, 20));
        const items = outcome.values.flatMap((page) => page.items);
        const late = outcome.values.reduce((sum, { drift }) => sum + (drift?.late ?? 0), 0);

        expect(outcome.error).toBeUndefined();
        expect(items.map(keyOf)).toEqual([...items].sort(byReference(sources)).map(keyOf));
        expect(new Set(items).size).toBe(items.length);
        expect(items.length + late).toBe(reference(sources).length);
        const missing = reference(sources).filter((item) => !items.includes(item));
        expect(missing.every(({ source }) => source === who)).toBe(true);
        expect(outcome.values.every(({ items, unreachable }) => items.length > 0 || unreachable === undefined)).toBe(
          true,
        );
      }),
      runs(),
    );
  });

  it('M10 loses nothing when the source fails on the first page of a walk and answers on the second', () => {
    const [a, b] = sourcesOf([
      ['a', 'c', 'e'],
      ['f', 'g'],
    ]);
    let calls = 0;
    const late = flaky(b!, () => calls++ === 0);
    const { values } = virtually(() => walk(aggregateOf([a!, late], { onSourceFailure: 'omit' }), [2]));

    expect(values.map(({ items }) => items.map(keyOf))).toEqual([['a', 'c'], ['e', 'f'], ['g']]);
    expect(values[0]!.unreachable).toEqual([{ source: 's1', code: 'source_failed', reason: 'source s1: down' }]);
    expect(values.slice(1).every(({ unreachable, drift }) => unreachable === undefined && drift === undefined)).toBe(
      true,
    );
  });

  it('M10 counts as late what a source has before the frontier when it comes back', () => {
    const [a, b] = sourcesOf([
      ['b', 'd', 'f'],
      ['a', 'c', 'e'],
    ]);
    let calls = 0;
    const late = flaky(b!, () => calls++ === 0);
    const { values } = virtually(() => walk(aggregateOf([a!, late], { onSourceFailure: 'omit' }), [2]));

    expect(values.flatMap(({ items }) => items.map(keyOf))).toEqual(['b', 'd', 'e', 'f']);
    expect(values[1]!.drift).toEqual({ suppressed: 0, late: 2, possibleGap: false, sources: ['s1'] });
  });

  it('never answers an empty page because nothing could be reached', () => {
    const [a, b] = sourcesOf([['a'], ['b']]).map((source) => failingAt(source, 0));
    const aggregate = aggregateOf([a!, b!], { onSourceFailure: 'omit' });

    expect(virtually(() => aggregate.page()).error).toMatchObject({ name: 'SourceError', source: 's0, s1' });
  });

  it('costs one deadline when sources hang, and leaves nothing running', () => {
    const sources = sourcesOf([['a'], ['b'], ['c']], (source) => (source === 0 ? {} : { quirks: () => 'hang' }));
    const omit = aggregateOf(sources, { onSourceFailure: 'omit', timeoutMs: 2_000 });
    const strict = aggregateOf(sources, { timeoutMs: 2_000 });
    const { values, tookMs } = virtually(() => omit.page());
    const failed = virtually(() => strict.page());

    expect(values[0]!.items.map(keyOf)).toEqual(['a']);
    expect(values[0]!.unreachable!.map(({ source }) => source)).toEqual(['s1', 's2']);
    expect(tookMs).toBe(2_000);
    expect(failed.error).toEqual(new SourceError('s1', new DeadlineError(2_000)));
    expect(failed.tookMs).toBe(2_000);
    expectNothingLive(sources);
  });

  it('waits longer than a timer can when told to', () => {
    const month = 30 * 24 * 3_600_000;
    const [hanging] = sourcesOf([['a']], () => ({ quirks: () => 'hang' }));
    const { error, tookMs } = virtually(() => aggregateOf([hanging!], { timeoutMs: month }).page());

    expect(error).toEqual(new SourceError('s0', new DeadlineError(month)));
    expect(tookMs).toBe(month);
  });

  it('M8 leaves no call and no timer after a page, a failure, or a caller who left', () => {
    fc.assert(
      fc.property(someWorld, fc.nat(30), fc.nat(6), fc.integer({ min: 1, max: 20 }), (world, leaveAt, hangs, size) => {
        const sources = build(world, (source) =>
          source === hangs ? { quirks: (call) => (call > 0 ? 'hang' : undefined) } : {},
        );
        const scheduler = new TestScheduler(() => {});
        scheduler.run(({ flush }) => {
          aggregateOf(sources, { timeoutMs: 20 })
            .page({ pageSize: size })
            .pipe(takeUntil(timer(leaveAt)))
            .subscribe({ error: () => {} });
          flush();
        });

        expectNothingLive(sources);
        expect(scheduler.actions).toEqual([]);
      }),
      runs(),
    );
  });

  it('M8 aborts the signal of a call that is no longer wanted', () => {
    const [a, b] = sourcesOf([['a'], ['b']], (source) => ({ latencyMs: source * 50 + 10 }));
    virtually(() =>
      aggregateOf([a!, failingAt(b!, 1)])
        .page()
        .pipe(takeUntil(timer(30))),
    );

    expect(a!.calls.map(({ outcome }) => outcome)).toEqual(['answered']);
    expect(b!.calls.map(({ outcome, request }) => [outcome, request.signal.aborted])).toEqual([['cancelled', true]]);
  });

  it('reports a source that throws, gives no page, or gives something else', () => {
    const errorOf = (fetch: () => unknown) =>
      virtually(() => aggregateOf([{ name: 'odd', fetch: fetch as never }]).page()).error as Error;
    const thrown = errorOf(() => {
      throw down;
    });

    expect(thrown).toEqual(new SourceError('odd', down));
    expect(errorOf(() => []).message).toBe('source odd: it completed without a page');
    expect(errorOf(() => [{ items: 'a' }]).message).toBe('source odd: a page needs an array of items');
    expect(errorOf(() => [null]).message).toMatch(/^source odd: /);
    expect(errorOf(() => 7).message).toMatch(/^source odd: /);
  });

  it('lets the healthy finish: what omit leaves out changes nothing for the others', () => {
    fc.assert(
      fc.property(someWorld, (world) => {
        const healthy = build(world);
        const failing = failingAt(sourcesOf([['a', 'b']])[0]!, 0);
        const sources = [...healthy, { ...failing, name: 'down' }];
        const first = virtually(() => aggregateOf(sources, { onSourceFailure: 'omit' }).page({ pageSize: 5 }));
        const alone = virtually(() => aggregateOf(healthy).page({ pageSize: 5 }));

        if (alone.values[0]!.items.length === 0) expect(first.error).toBeInstanceOf(SourceError);
        else expect(itemsOf(first)).toEqual(itemsOf(alone));
      }),
      runs(),
    );
  });
});

function failingAt<T>(source: FakePageSource<T>, call: number): FakePageSource<T> {
  let calls = 0;
  return flaky(source, () => calls++ === call);
}

function flaky<T>(source: FakePageSource<T>, fails: () => boolean): FakePageSource<T> {
  return {
    ...source,
    fetch: (request) => {
      if (fails()) throw down;
      return source.fetch(request);
    },
  };
}

function expectNothingLive(sources: readonly FakePageSource<unknown>[]): void {
  expect(sources.map(({ liveCalls }) => liveCalls)).toEqual(sources.map(() => 0));
}

function byReference(sources: readonly FakePageSource<{ key: string; source: number; position: number }>[]) {
  const order: readonly unknown[] = reference(sources);
  return (a: unknown, b: unknown) => order.indexOf(a) - order.indexOf(b);
}

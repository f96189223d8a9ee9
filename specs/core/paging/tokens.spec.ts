import fc from 'fast-check';
import { timer, switchMap } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  InvalidPageTokenError,
  PageTokenExpiredError,
  PageTokenMismatchError,
  PageTokenStaleError,
} from '../../../lib/contracts/pageTokenFailure.ts';
import type { WalkQuery } from '../../../lib/core/paging/aggregate.ts';
import { pageTokens } from '../../../lib/core/paging/pageTokens.ts';
import type { Position, WalkState } from '../../../lib/core/paging/walkState.ts';
import { fakeSealer } from '../../../lib/testing/fakeSealer.ts';
import { aggregateOf, atOnce, build, keyOf, someWorld, sourcesOf, tokens, virtually } from '../../support/paging.ts';
import { runs } from '../../support/seed.ts';

const somePosition: fc.Arbitrary<Position> = fc.oneof(
  fc.constant({ kind: 'start' as const }),
  fc.constant({ kind: 'done' as const }),
  fc.record({
    kind: fc.constant('at' as const),
    token: fc.option(fc.string({ unit: 'binary', minLength: 1 }), { nil: undefined }),
    size: fc.integer({ min: 1, max: 100_000 }),
    taken: fc.nat(),
    mark: fc.option(fc.string({ unit: 'binary', minLength: 1 }), { nil: undefined }),
  }),
);
const someKey = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  fc.array(fc.string({ unit: 'binary' })),
);

describe('pageTokens', () => {
  it('K1 gives back every position, whatever the names, keys and upstream tokens', () => {
    const walkState = fc.array(fc.tuple(fc.string({ unit: 'binary' }), somePosition), { maxLength: 50 });
    const place = fc.option(fc.record({ key: someKey, source: fc.nat(49) }), { nil: undefined });
    fc.assert(
      fc.property(walkState, place, fc.jsonValue(), (named, frontier, query) => {
        const state: WalkState = { frontier, positions: named.map(([, position]) => position) };
        const binding = { tenant: 't', query, sources: named.map(([name]) => name), order: '' };
        const roomy = { ...fakeSealer(), ...unlimited() };

        expect(pageTokens(roomy).read(pageTokens(roomy).write(state, binding), binding)).toEqual(state);
      }),
      runs(),
    );
  });

  it('K4 refuses a token for another tenant, query, order or set of sources', () => {
    const someBinding = fc.record({
      tenant: fc.string(),
      query: fc.jsonValue(),
      sources: fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 4 }),
      order: fc.string(),
    });
    const digest = (value: unknown) => JSON.stringify(fc.stringify(value));
    fc.assert(
      fc.property(
        someBinding,
        someBinding,
        fc.constantFrom('tenant', 'query', 'sources', 'order'),
        (binding, other, part) => {
          const state: WalkState = { frontier: undefined, positions: binding.sources.map(() => ({ kind: 'start' })) };
          const token = tokens.write(state, binding);
          const changed = { ...binding, [part]: other[part] };

          expect(tokens.read(token, structuredClone(binding))).toEqual(state);
          if (digest(changed) === digest(binding)) return;
          if (JSON.stringify(changed) === JSON.stringify(binding)) return; // 0 and -0
          expect(() => tokens.read(token, changed)).toThrow(
            part === 'tenant' || part === 'query' ? PageTokenMismatchError : PageTokenStaleError,
          );
        },
      ),
      runs(),
    );
  });

  it('K4 takes the same query with its keys in another order, and no other order of sources', () => {
    const binding = { tenant: 'a', query: { text: 'x', tags: [1, 2] }, sources: ['s', 't'], order: 'name' };
    const token = tokens.write({ positions: [{ kind: 'done' }, { kind: 'start' }] }, binding);
    const read = (change: Partial<typeof binding>) => () => tokens.read(token, { ...binding, ...change });

    expect(read({ query: { tags: [1, 2], text: 'x' } })).not.toThrow();
    expect(read({ query: { text: 'x', tags: [2, 1] } })).toThrow(PageTokenMismatchError);
    expect(read({ sources: ['t', 's'] })).toThrow(PageTokenStaleError);
  });

  it('refuses what was sealed but is no position', () => {
    const sealer = fakeSealer();
    const binding = { tenant: '', query: null, sources: ['s'], order: '' };
    const sealed = (value: unknown) => sealer.seal(new TextEncoder().encode(JSON.stringify(value)));
    const at = (position: unknown) => [0, sealer.digest('["",null]'), sealer.digest('["",["s"]]'), null, [position]];

    expect(pageTokens(sealer, { ttlMs: Infinity }).read(sealed(at(1)), binding).positions).toEqual([{ kind: 'done' }]);
    for (const odd of [
      null,
      7,
      'x',
      [],
      [0],
      at(2),
      at([1, 2, 3, 4]),
      at(['t', 0, 0, null]),
      at([null, 1, -1, null]),
    ]) {
      expect(() => pageTokens(sealer, { ttlMs: Infinity }).read(sealed(odd), binding)).toThrow(InvalidPageTokenError);
    }
    expect(() => tokens.read(sealer.seal(Uint8Array.of(0xff, 0xfe)), binding)).toThrow(InvalidPageTokenError);
  });

  describe('with the clock', () => {
    beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
    afterEach(() => void vi.useRealTimers());
    const binding = { tenant: '', query: null, sources: [], order: '' };
    const { write, read } = pageTokens(fakeSealer(), { ttlMs: 600_000 });

    it('K7 takes a token one second before its time is over, and none one second after', () => {
      fc.assert(
        fc.property(fc.integer({ min: 2, max: 10_000_000 }), fc.integer({ min: 1, max: 1_000_000 }), (ttl, more) => {
          const { write, read } = pageTokens(fakeSealer(), { ttlMs: ttl * 1_000 });
          vi.setSystemTime(1_800_000_000_000);
          const token = write({ positions: [] }, binding);

          vi.setSystemTime(1_800_000_000_000 + (ttl - 1) * 1_000);
          expect(read(token, binding)).toEqual({ positions: [] });
          vi.setSystemTime(1_800_000_000_000 + (ttl + more) * 1_000);
          expect(() => read(token, binding)).toThrow(PageTokenExpiredError);
        }),
        runs(),
      );
    });

    it('K7 bears clocks that are a minute apart, and no more', () => {
      const token = write({ positions: [] }, binding);
      vi.setSystemTime(Date.now() - 59_000);
      expect(read(token, binding)).toEqual({ positions: [] });
      vi.setSystemTime(Date.now() - 2_000);
      expect(() => read(token, binding)).toThrow(InvalidPageTokenError);
    });
  });
});

describe('the tokens of aggregatePages', () => {
  it('K4 go with another page size', () => {
    const sources = sourcesOf([
      ['a', 'c'],
      ['b', 'd', 'e'],
    ]);
    const aggregate = aggregateOf(sources);
    const { nextPageToken } = atOnce(aggregate.page({ pageSize: 1 }));

    expect(atOnce(aggregate.page({ pageToken: nextPageToken, pageSize: 3 })).items.map(keyOf)).toEqual(['b', 'c', 'd']);
  });

  it('K6 give no right: a source still sees whose query it is', () => {
    const [open] = sourcesOf([['a', 'b', 'c']]);
    const guarded = {
      ...open!,
      fetch: (request: { query: unknown }) => {
        if (!allowed.has((request.query as { user: string }).user)) throw new Error('forbidden');
        return open!.fetch(request as never);
      },
    };
    const allowed = new Set(['ada']);
    const aggregate = aggregateOf([guarded]);
    const page = (query: WalkQuery<unknown>) => virtually(() => aggregate.page({ pageSize: 1, ...query }));
    const { nextPageToken } = page({ query: { user: 'ada' } }).values[0]!;

    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (user, tenant) => {
        fc.pre(user !== 'ada');
        const without = page({ query: { user } });
        const stolen = page({ query: { user }, pageToken: nextPageToken });

        expect(without.error).toMatchObject({ message: 'source s0: forbidden' });
        expect(stolen.error).toBeInstanceOf(PageTokenMismatchError);
        expect(stolen.values).toEqual([]);
        const elsewhere = page({ query: { user: 'ada' }, tenant, pageToken: nextPageToken });
        expect(elsewhere.error).toBeInstanceOf(PageTokenMismatchError);
      }),
      runs(),
    );

    allowed.clear();
    expect(page({ query: { user: 'ada' } }).error).toMatchObject({ message: 'source s0: forbidden' });
  });

  it('K7 expire while virtual time goes by', () => {
    const sources = sourcesOf([['a', 'b']]);
    const aggregate = aggregateOf(sources, { tokens: pageTokens(fakeSealer(), { ttlMs: 10_000 }) });
    const after = (waitMs: number) =>
      virtually(() =>
        aggregate
          .page({ pageSize: 1 })
          .pipe(
            switchMap(({ nextPageToken }) =>
              timer(waitMs).pipe(switchMap(() => aggregate.page({ pageToken: nextPageToken }))),
            ),
          ),
      );

    expect(after(9_000).error).toBeUndefined();
    expect(after(11_000).error).toBeInstanceOf(PageTokenExpiredError);
  });

  it('K10 are refused before any source is asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (pageToken) => {
        const sources = sourcesOf([['a']]);
        const { error } = virtually(() => aggregateOf(sources).page({ pageToken }));

        expect(error).toBeInstanceOf(InvalidPageTokenError);
        expect(sources[0]!.calls).toEqual([]);
      }),
      runs(),
    );
  });

  it('K13 are empty if and only if every source is exhausted, and an exhausted source is not asked again', () => {
    fc.assert(
      fc.property(someWorld, (world) => {
        const sources = build({ ...world, latencies: [0] });
        const aggregate = aggregateOf(sources);
        let pageToken = '';
        let left = sources.map(({ items }) => items.length);
        for (let page = 0; ; page++) {
          const calls = sources.map((source) => source.calls.length);
          const size = world.sizes[page % world.sizes.length]!;
          const { items, nextPageToken } = atOnce(aggregate.page({ pageToken, pageSize: size }));

          sources.forEach((source, index) => {
            if (page > 0 && left[index] === 0) expect(source.calls.length).toBe(calls[index]);
          });
          left = left.map((count, index) => count - items.filter(({ source }) => source === index).length);
          expect(nextPageToken === '').toBe(left.every((count) => count === 0));
          if (nextPageToken === '') break;
          pageToken = nextPageToken;
        }
      }),
      runs(),
    );
  });

  it('K14 give the same page every time', () => {
    fc.assert(
      fc.property(someWorld, (world) => {
        const sources = build({ ...world, latencies: [0] });
        const aggregate = aggregateOf(sources);
        const fresh = aggregateOf(sources);
        for (let pageToken = ''; ;) {
          const page = atOnce(aggregate.page({ pageToken, pageSize: world.sizes[0] }));
          const again = [aggregate, fresh].map((other) => atOnce(other.page({ pageToken, pageSize: world.sizes[0] })));

          expect(again.map(({ items }) => items)).toEqual([page.items, page.items]);
          if (page.nextPageToken === '') break;
          pageToken = page.nextPageToken;
        }
      }),
      runs(),
    );
  });

  it('keep Kubeapps clients going when told to', () => {
    const sources = sourcesOf([['a', 'c', 'e', 'g'], ['b', 'd', 'f'], ['x']]);
    const plain = '{"s0":2,"s1":1,"s2":-1}';
    const migrating = aggregateOf(sources, { tokens: pageTokens(fakeSealer(), { legacy: 'kubeapps' }) });

    expect(virtually(() => aggregateOf(sources).page({ pageToken: plain })).error).toBeInstanceOf(
      InvalidPageTokenError,
    );
    expect(atOnce(migrating.page({ pageToken: plain })).items.map(keyOf)).toEqual(['d', 'e', 'f', 'g']);
    expect(atOnce(migrating.page({ pageToken: '{}' })).items).toHaveLength(8);
    for (const odd of ['{', '{"s0":"2"}', '{"s0":-2}', '{"s0":1.5}', '{"s0":null}']) {
      expect(virtually(() => migrating.page({ pageToken: odd })).error).toBeInstanceOf(InvalidPageTokenError);
    }
  });
});

/** A sealer without a limit, for states larger than a token may be. */
function unlimited() {
  const kept: Uint8Array[] = [];
  return {
    seal: (payload: Uint8Array) => String(kept.push(payload) - 1),
    open: (token: string) => kept[Number(token)]!,
  };
}

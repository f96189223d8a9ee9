import fc from 'fast-check';
import { concat, EMPTY, ignoreElements, Subject, throwError, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { chainFilters } from '../../../lib/core/routing/chainFilters.ts';
import { dedupFilter } from '../../../lib/core/routing/dedupFilter.ts';
import { countTimers } from '../../../lib/testing/countTimers.ts';
import { OptionError } from '../../../operators/errors.ts';
import { marbles } from '../../support/marbles.ts';
import { record } from '../../support/record.ts';
import { runs } from '../../support/seed.ts';
import { event, sink } from './support.ts';

describe('dedupFilter', () => {
  it('makes one event of five that are the same', () => {
    const { next, ids } = sink();
    const dropped: string[] = [];
    const deliver = chainFilters([dedupFilter({ onDrop: ({ id }) => dropped.push(id) })], next);
    for (let i = 0; i < 5; i++) expect(record(deliver(event('a')))).toEqual(['complete']);
    record(deliver(event('b')));
    expect(ids()).toEqual(['a', 'b']);
    expect(dropped).toEqual(['a', 'a', 'a', 'a']);
  });

  it('goes by a key in the payload, each JSON value being a key of its own', () => {
    const { next, payloads } = sink();
    const deliver = chainFilters([dedupFilter({ path: 'key' })], next);
    const keys = [1, '1', true, null, [1], { a: 1, b: 2 }, { b: 2, a: 1 }, 1, '1'];
    keys.forEach((key, i) => record(deliver(event(String(i), { key }))));
    expect(payloads().map((payload: any) => payload.key)).toEqual([1, '1', true, null, [1], { a: 1, b: 2 }]);
  });

  it('never takes an event without a key, or with one too long, for another', () => {
    const { next, ids } = sink();
    const deliver = chainFilters([dedupFilter({ path: 'key', maxKeyLength: 10 })], next);
    for (const id of ['1', '2']) record(deliver(event(id, {})));
    for (const id of ['3', '4']) record(deliver(event(id, { key: 'x'.repeat(10) })));
    for (const id of ['5', '6']) record(deliver(event(id, { key: 'x'.repeat(8) })));
    expect(ids()).toEqual(['1', '2', '3', '4', '5']);
  });

  it('does not take an event of one tenant for that of another', () => {
    const { next, events } = sink();
    const deliver = chainFilters([dedupFilter()], next);
    for (const tenant of ['a', 'b', 'a']) record(deliver(event('1', null, tenant)));
    expect(events.map(({ tenant }) => tenant)).toEqual(['a', 'b']);
  });

  it('delivers an event that failed before: it counts as seen only when it was delivered', () => {
    let calls = 0;
    const down = new Error('down');
    const deliver = chainFilters([dedupFilter()], () => (++calls < 3 ? throwError(() => down) : EMPTY));
    const ends = Array.from({ length: 5 }, () => record(deliver(event('a')))[0]);
    expect(ends).toEqual([down, down, 'complete', 'complete', 'complete']);
    expect(calls).toBe(3);
  });

  it('delivers an event that was given up before', () => {
    const { next, ids } = sink(() => timer(5).pipe(ignoreElements()));
    const deliver = chainFilters([dedupFilter()], next);
    expect(countTimers(() => deliver(event('a')).subscribe().unsubscribe())).toBe(0);
    expect(countTimers(() => deliver(event('a')).subscribe().unsubscribe())).toBe(0);
    expect(ids()).toEqual(['a', 'a']);
  });

  it(
    'lets the same event wait for the one that is on its way, and share its end',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const down = new Error('down');
      const good$ = cold<never>('    -----|');
      const bad$ = cold<never>('     -----#', {}, down);
      const good = dedupFilter();
      const bad = dedupFilter();
      const later = (delivery$: Observable<never>) => concat(hot('--|').pipe(ignoreElements()), delivery$);

      expectObservable(good(event('a'), () => good$)).toBe('        -----|');
      expectObservable(later(good(event('a'), () => good$))).toBe(' -----|');
      expectObservable(bad(event('a'), () => bad$)).toBe('          -----#', {}, down);
      expectObservable(later(bad(event('a'), () => bad$))).toBe('   -----#', {}, down);
      expectSubscriptions(good$.subscriptions).toBe('^----!');
      expectSubscriptions(bad$.subscriptions).toBe('^----!');
    }),
  );

  it(
    'goes on for those that wait when the first one leaves, and ends with the last',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const slow$ = cold<never>(' --------|');
      const filter = dedupFilter();

      expectObservable(
        filter(event('a'), () => slow$),
        '^-!',
      ).toBe('---');
      expectObservable(
        filter(event('a'), () => slow$),
        '^---!',
      ).toBe('-----');
      expectSubscriptions(slow$.subscriptions).toBe('^---!');
    }),
  );

  it('can be asked for the same event from inside the end of the first', () => {
    const down = new Subject<never>();
    let calls = 0;
    const deliver = chainFilters([dedupFilter()], () => (++calls === 1 ? down : EMPTY));
    const ends: unknown[] = [];
    deliver(event('a')).subscribe({
      error: () => {
        ends.push('failed');
        deliver(event('a')).subscribe({
          complete: () => {
            ends.push('delivered');
            deliver(event('a')).subscribe({ complete: () => ends.push('dropped') });
          },
        });
      },
    });
    down.error(new Error('down'));
    expect(ends).toEqual(['failed', 'delivered', 'dropped']);
    expect(calls).toBe(2);
  });

  it(
    'remembers for its time, from when the event was delivered, and without a timer',
    marbles(({ cold, expectObservable }) => {
      const ids: number[] = [];
      const deliver = chainFilters([dedupFilter({ maxAgeMs: 10 })], () => {
        ids.push(0);
        return cold<never>('--|');
      });
      const at = (ms: number) => concat(timer(ms).pipe(ignoreElements()), deliver(event('a')));

      expectObservable(at(0)).toBe('  --|'); // delivered at 2
      expectObservable(at(11)).toBe(' 11ms |'); // remembered
      expectObservable(at(12)).toBe(' 12ms --|'); // forgotten
      expectObservable(at(15)).toBe(' 15ms |'); // remembered anew
    }),
  );

  it('remembers so many keys, against a list of its own', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        (keys, maxKeys) => {
          const { next, ids } = sink();
          const deliver = chainFilters([dedupFilter({ maxKeys })], next);
          let seen: number[] = [];
          const expected = keys.filter((key) => {
            if (seen.includes(key)) return false;
            seen = [...seen, key].slice(-maxKeys);
            return true;
          });
          for (const key of keys) record(deliver(event(String(key))));
          expect(ids()).toEqual(expected.map(String));
        },
      ),
      runs(),
    );
  });

  it('Q13 delivers each event exactly once that ever succeeds, over any failures, leaves and arrivals', () => {
    const act = fc.record({
      key: fc.constantFrom('a', 'b'),
      act: fc.constantFrom('arrive', 'succeed', 'fail', 'leave'),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const live = new Map<string, Subject<never>>();
        const succeeded = new Map<string, number>();
        const filter = dedupFilter();
        const waiting: { key: string; end: string; leave: () => void }[] = [];
        const next = ({ id }: { id: string }) => {
          expect(live.get(id)?.observed ?? false).toBe(false); // never two at a time
          const way = new Subject<never>();
          live.set(id, way);
          return way;
        };
        for (const { key, act: what } of acts) {
          const way = live.get(key);
          if (what === 'arrive') {
            const entry = { key, end: '', leave: () => {} };
            const subscription = filter(event(key), next).subscribe({
              error: () => (entry.end = 'failed'),
              complete: () => (entry.end = 'delivered'),
            });
            entry.leave = () => subscription.unsubscribe();
            if (succeeded.has(key)) expect(entry.end).toBe('delivered');
            else if (entry.end === '') waiting.push(entry);
          } else if (what === 'leave') {
            waiting.splice(waiting.findIndex((entry) => entry.key === key) >>> 0, 1).forEach(({ leave }) => leave());
            expect(way?.observed ?? false).toBe(waiting.some((entry) => entry.key === key));
          } else if (way?.observed === true) {
            const ours = waiting.filter((entry) => entry.key === key);
            if (what === 'succeed') succeeded.set(key, (succeeded.get(key) ?? 0) + 1);
            if (what === 'succeed') way.complete();
            else way.error(new Error('down'));
            for (const entry of ours) {
              expect(entry.end).toBe(what === 'succeed' ? 'delivered' : 'failed');
              waiting.splice(waiting.indexOf(entry), 1);
            }
          }
        }
        expect([...succeeded.values()].every((times) => times === 1)).toBe(true);
      }),
      runs(),
    );
  });

  it('fails an event whose key JSON cannot carry', () => {
    const deliver = chainFilters([dedupFilter({ path: 'key' })], () => EMPTY);
    expect(record(deliver(event('a', { key: 1n })))).toMatchObject([{ code: 'not_json' }]);
  });

  it.each([{ maxKeys: 0 }, { maxAgeMs: 0 }, { maxAgeMs: NaN }, { maxKeyLength: 0 }])('refuses %j', (options) => {
    expect(() => dedupFilter(options)).toThrow(OptionError);
  });
});

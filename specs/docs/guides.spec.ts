import { aggregatePages, fromKeyset, pageTokens, Topic } from 'rxfan';
import { mergeMapBounded, mergeSorted, OverflowError } from 'rxfan/operators';
import { fakePageSource, fakeSealer, pageSourceLaws } from 'rxfan/testing';
import { fanTest, marbles } from 'rxfan/testing/vitest';
import { firstValueFrom, timer } from 'rxjs';
import { expect, it } from 'vitest';

// What the guides show as tests, word by word.

it(
  'goes on without a source that is down, and takes it in when it is back',
  fanTest(async ({ now }) => {
    const key = (name: string) => name;
    const steady = fakePageSource({ name: 'steady', items: ['anna', 'carl', 'eva'], key, latencyMs: 20 });
    const shaky = fakePageSource({
      name: 'shaky',
      items: ['bob', 'dan'],
      key,
      latencyMs: 50,
      failures: (call) => (call === 0 ? new Error('down') : undefined),
      beforeCall: (call, source) => call === 1 && source.insert('fay'),
    });
    const tokens = pageTokens(fakeSealer());
    const all = aggregatePages({ sources: [steady, shaky], key, tokens, onSourceFailure: 'omit' });

    const first = await firstValueFrom(all.page({ pageSize: 2 }));
    expect(first.items).toEqual(['anna', 'carl']);
    expect(first.unreachable).toMatchObject([{ source: 'shaky', code: 'source_failed' }]);
    expect(now()).toBe(50);

    const second = await firstValueFrom(all.page({ pageSize: 5, pageToken: first.nextPageToken }));
    expect(second.items).toEqual(['dan', 'eva', 'fay']);
    expect(second.drift).toMatchObject({ late: 1, sources: ['shaky'] }); // bob
    expect(second.nextPageToken).toBe('');
    expect(shaky.maxLiveCalls).toBe(1);
  }),
);

const people = ['anna', 'bob', 'carl', 'dan'];
const key = (name: string) => name;

for (const law of pageSourceLaws(() => {
  const fetch = ({ after = '', limit }: { readonly after?: string | undefined; readonly limit: number }) => [
    people.filter((name) => name > after).slice(0, limit),
  ];
  return { source: fromKeyset({ name: 'people', key, fetch }), query: undefined, key, items: people };
})) {
  it(law.name, law.check);
}

it(
  'keeps the latest while the display is busy',
  marbles(({ cold, flush }) => {
    const shown: string[] = [];
    const values = new Topic<string>();
    const handle = (value: string) => {
      shown.push(value);
      return timer(3);
    };
    values.deliver({ id: 'display', handle, bufferSize: 1, overflow: 'dropOldest' });

    cold('abcd---|').subscribe(values);
    flush();

    expect(shown).toEqual(['a', 'd']);
  }),
);

it(
  'waits for the shard that is silent',
  marbles(({ cold, expectObservable }) => {
    const file$ = cold('  1-3-----|');
    const live$ = cold('  ----2---|');
    const expected = '    ----(12)(3|)';

    expectObservable(mergeSorted([file$, live$], { compare: (a, b) => Number(a) - Number(b) })).toBe(expected);
  }),
);

it(
  'ends when a third order comes while one is saved and one waits',
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const orders$ = cold('abc----|');
    const ordersSubs = '  ^-!     ';
    const saved$ = cold(' ---(x|) ');
    const expected = '    --#     ';

    const result$ = orders$.pipe(mergeMapBounded(() => saved$, { concurrency: 1, bufferSize: 1 }));
    expectObservable(result$).toBe(expected, {}, new OverflowError('mergeMapBounded', 1));
    expectSubscriptions(orders$.subscriptions).toBe(ordersSubs);
  }),
);

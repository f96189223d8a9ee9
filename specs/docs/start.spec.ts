import { mergeMapBounded } from 'rxfan/operators';
import { fanTest, marbles } from 'rxfan/testing/vitest';
import { concatMap, from } from 'rxjs';
import { describe, expect, it } from 'vitest';

describe('docs/start.md', () => {
  it(
    'saves one order at a time',
    marbles(({ cold, expectObservable }) => {
      const orders$ = cold('ab-----|');
      const saved$ = cold(' ---(x|)');
      const expected = '    ---x--x|';

      const result$ = orders$.pipe(mergeMapBounded(() => saved$, { concurrency: 1, bufferSize: 1 }));
      expectObservable(result$).toBe(expected);
    }),
  );

  it(
    'asks a second after the answer before',
    fanTest(async ({ expectObservable, now, sleep }) => {
      const ask = async (id: number) => {
        await sleep(1_000);
        return `${id} at ${now()}`;
      };

      const answers$ = from([1, 2]).pipe(concatMap(ask));
      expectObservable(answers$).toBe('1000ms a 999ms (b|)', { a: '1 at 1000', b: '2 at 2000' });
    }),
  );

  it('shows bounded saves', async () => {
    const { saved } = await import('../../docs/examples/start/boundedSaves.ts');
    expect(saved).toEqual([1, 2, 6, 7, 8]);
  });

  it('shows merged shards', async () => {
    const { merged } = await import('../../docs/examples/start/mergedShards.ts');
    expect(merged).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('shows pages of users', async () => {
    const { all, first, second } = await import('../../docs/examples/start/userPages.ts');
    expect(first.items).toEqual(['anna', 'bob', 'carl']);
    expect(second.items).toEqual(['dan', 'eva', 'fay']);
    expect(all).toEqual(['anna', 'bob', 'carl', 'dan', 'eva', 'fay', 'gert']);
  });
});

import { delay, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Topic } from '../../lib/core/topics/topic.ts';
import { drops } from '../../lib/testing/drops.ts';
import { fanTest, marbles } from '../../lib/testing/vitest/index.ts';
import { OverflowError } from '../../operators/errors.ts';
import { mergeMapBounded } from '../../operators/mergeMapBounded.ts';
import { record } from '../support/record.ts';

describe('drops', () => {
  it(
    'tells what a bounded operator dropped, and when',
    marbles(({ cold, hot, expectObservable }) => {
      const source$ = hot('-a-b-c-d|');
      const send$ = cold('    -----x|');
      const out = '           ------x-----x|';
      const dropped = drops<string>();
      const lost = '          -----b-c';
      const bounded = { concurrency: 1, bufferSize: 1, overflow: 'dropOldest', onDrop: dropped.take } as const;

      expectObservable(source$.pipe(mergeMapBounded(() => send$, bounded))).toBe(out);
      expectObservable(dropped).toBe(lost);
    }),
  );

  it(
    'tells what a lane of a topic dropped, under virtual time too',
    fanTest(async ({ hot, expectObservable, sleep, track }) => {
      const topic = new Topic<string>({ name: 'orders' });
      const dropped = drops<string>();
      track(
        'slow',
        topic.deliver({
          id: 'slow',
          bufferSize: 1,
          overflow: 'dropNewest',
          onDrop: dropped.take,
          handle: () => of(0).pipe(delay(10)),
        }),
      );
      hot('-abcd|').subscribe(topic);

      expectObservable(dropped).toBe('---cd');
      await sleep(30);
    }),
  );

  it('holds what came before it is subscribed to, for all', () => {
    const dropped = drops<number>();
    dropped.take(1);
    const early = record(dropped);
    dropped.take(2);
    expect([early, record(dropped)]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('errors with OverflowError when there are more than it holds', () => {
    const dropped = drops<number>({ bufferSize: 2 });
    [1, 2, 3, 4].forEach(dropped.take);
    expect(record(dropped)).toEqual([1, 2, new OverflowError('drops', 2)]);
    expect(() => drops({ bufferSize: 0 })).toThrow('bufferSize');
  });
});

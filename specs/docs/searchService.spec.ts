import { mergeMap } from 'rxjs';
import { endsOnce, explore, noLeak, valuesOf, type Invariant } from 'rxfan/testing';
import { fanTest, marbles } from 'rxfan/testing/vitest';
import { describe, expect, it } from 'vitest';
import { SearchService } from '../../docs/examples/search/searchService.ts';

describe('SearchService', () => {
  it(
    'waits until nobody types, and leaves a search that is no longer wanted',
    marbles(({ cold, ...expecting }) => {
      const typed$ = cold('   a 249ms b 349ms c|');
      const answer$ = cold('  100ms x|');
      const answerSubs = ['   550ms ^ 50ms !', '601ms ^ 100ms !'];
      const expected = '      701ms x|';
      const service = new SearchService({ find: () => answer$ });

      expecting.expectObservable(service.results(typed$)).toBe(expected);
      expecting.expectSubscriptions(answer$.subscriptions).toBe(answerSubs);
    }),
  );

  it(
    'tries once more, a second later',
    fanTest(async ({ cold, expectObservable, sleep }) => {
      const answers = [() => Promise.reject(new Error('down')), () => Promise.resolve('A')];
      const find = () => sleep(20).then(() => answers.shift()!());
      const service = new SearchService({ find });

      expectObservable(service.results(cold('a|'))).toBe('1041ms (A|)');
    }),
  );

  it('shows the answer to what was typed last, whichever comes first', () => {
    const showsTheLast: Invariant = {
      name: 'the last one is shown',
      broken: ({ story, ended }) => {
        const shown = valuesOf(story, 'out').at(-1);
        return ended === 'complete' && shown !== 'B' ? `${String(shown)} is shown` : undefined;
      },
    };
    const invariants = [showsTheLast, endsOnce, noLeak];

    explore(
      ({ source, call }) =>
        new SearchService({ find: (text) => call(`find ${text}`, text.toUpperCase()) }).results(
          source('typed', ['a', 'b']),
        ),
      { invariants },
    );
    expect(() =>
      explore(
        ({ source, call }) =>
          source('typed', ['a', 'b']).pipe(mergeMap((text) => call(`find ${text}`, text.toUpperCase()))),
        { invariants },
      ),
    ).toThrow('A is shown');
  });
});

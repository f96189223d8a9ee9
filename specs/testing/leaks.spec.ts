import { EMPTY, firstValueFrom, interval, Observable, Subscription, take, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Topic } from '../../lib/core/topics/topic.ts';
import { createFanTest, type FanTestHelpers } from '../../lib/testing/createFanTest.ts';
import { LeakError } from '../../lib/testing/fanTestFailure.ts';
import type { MarbleHelpers } from '../../lib/testing/marbles.ts';
import { assertEqual } from '../../lib/testing/vitest/assertEqual.ts';
import { fanTest, marbles } from '../../lib/testing/vitest/index.ts';

function leakOf(body: (helpers: MarbleHelpers) => void): LeakError {
  try {
    marbles(body)();
  } catch (failure) {
    if (failure instanceof LeakError) return failure;
    throw failure;
  }
  throw new Error('the test passes');
}

async function fanLeakOf(body: (helpers: FanTestHelpers) => void | Promise<void>): Promise<LeakError> {
  const failure: unknown = await createFanTest(assertEqual)(body)().catch((thrown: unknown) => thrown);
  if (failure instanceof LeakError) return failure;
  throw failure ?? new Error('the test passes');
}

/** An operator that forgets to leave its source. */
function forgetful<T>(source$: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    source$.subscribe((value) => subscriber.next(value)); // the line of the leak
  });
}

/** The number of the first line of this file that has such a text. */
async function lineOf(text: string): Promise<number> {
  const { readFileSync } = await import('node:fs');
  return (
    readFileSync(import.meta.filename, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1
  );
}

describe('what a marble test leaves open', () => {
  it('names the source that an operator has not left, and the line that subscribed to it', async () => {
    const { subscriptions, message } = leakOf(({ cold, expectObservable }) => {
      expectObservable(forgetful(cold('  -a-')), '--^-!').toBe('---a');
      expectObservable(forgetful(cold('-b--')), ' ^--!').toBe(' -b');
    });
    const line = await lineOf('// the line of the leak');
    expect(subscriptions).toHaveLength(2);
    expect(subscriptions[0]).toMatch(RegExp(`^a subscription to cold '-b--', since 0 ms, at .*leaks.spec.ts:${line}:`));
    expect(subscriptions[1]).toMatch(RegExp(`^a subscription to cold '-a-', since 2 ms, at .*leaks.spec.ts:${line}:`));
    expect(message.split('\n')[0]).toBe('the test is over, and this is still open:');
    expect(message).toContain(subscriptions[0]);
  });

  it(
    'minds neither sources without an end that are expected, nor those that end',
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const cold$ = cold('-a-');
      expectObservable(cold$).toBe('-a');
      expectObservable(forgetful(hot('-b-')), '^-!').toBe('-b');
      expectObservable(forgetful(cold('-c|'))).toBe('-c');
      cold('-d|').subscribe();
      expectSubscriptions(cold$.subscriptions).toBe(['^', '^', '^']);
      expectObservable(cold$).toEqual(cold$);
    }),
  );

  it(
    'leaves to the body what it subscribes to by hand, such as what feeds a topic',
    marbles(({ cold, hot, expectObservable }) => {
      const topic = new Topic<string>({ name: 'orders' });
      cold('-a-b-').subscribe((value) => topic.next(value));
      hot('  -----').subscribe(topic);
      expectObservable(topic).toBe('-a-b');
    }),
  );

  it('counts what is subscribed to by hand when the body says so', async () => {
    const { handles } = leakOf(({ cold, track }) => {
      track('feed', cold('-a-').subscribe()); // the line of the feed
    });
    expect(handles).toEqual([expect.stringContaining(`leaks.spec.ts:${await lineOf('// the line of the feed')}:`)]);
  });

  it('names what is tracked and not closed, with the line that says so', async () => {
    const { handles } = leakOf(({ track }) => {
      const topic = new Topic<string>({ name: 'orders' });
      track('metrics', topic.deliver({ id: 'metrics', handle: () => undefined })); // the line of the lane
      track('closed', topic.deliver({ id: 'closed', handle: () => undefined })).close();
      track('poller', new Subscription());
      track('done', new Subscription()).unsubscribe();
      track('ended', { ended$: EMPTY });
    });
    expect(handles.map((handle) => handle.split(' ')[0])).toEqual(['metrics', 'poller']);
    expect(handles[0]).toContain(`leaks.spec.ts:${await lineOf('// the line of the lane')}:`);
  });

  it('says first what went another way', () => {
    expect(() => leakOf(({ cold, expectObservable }) => expectObservable(forgetful(cold('-a-'))).toBe('--a'))).toThrow(
      'the streams differ',
    );
  });

  it('tears down in virtual time', () => {
    const left: number[] = [];
    marbles(({ cold, expectObservable }) => {
      const source$ = new Observable<string>((subscriber) => {
        subscriber.add(() => timer(5).subscribe(() => left.push(1)));
        return cold('-a').subscribe(subscriber);
      });
      expectObservable(source$).toBe('-a');
    })();
    expect(left).toEqual([1]);
  });
});

describe('what a test under virtual time leaves open', () => {
  it('names sources, timers and what is tracked', async () => {
    const { timers, subscriptions, handles } = await fanLeakOf(async ({ cold, hot, track, sleep }) => {
      forgetful(cold('-a-')).subscribe().unsubscribe();
      await sleep(3);
      forgetful(cold('-b-')).subscribe().unsubscribe();
      forgetful(hot('-c-')).subscribe().unsubscribe();
      await sleep(2);
      track('ticks', interval(10).subscribe());
    });
    expect(timers).toEqual([expect.stringMatching(/^setInterval at .*leaks\.spec\.ts/)]);
    expect(subscriptions).toEqual([
      expect.stringMatching(/^a subscription to cold '-a-', since 0 ms, at .*leaks\.spec\.ts/),
      expect.stringMatching(/^a subscription to cold '-b-', since 3 ms, at .*leaks\.spec\.ts/),
    ]);
    expect(handles).toEqual([expect.stringMatching(/^ticks at .*leaks\.spec\.ts/)]);
  });

  it(
    'minds neither sources without an end that are expected, nor those that end',
    fanTest(async ({ cold, hot, expectObservable, sleep, track }) => {
      expectObservable(cold('-a-'), '^---!').toBe('-a');
      expectObservable(hot('-b-'), '^---!').toBe('-b');
      hot('-c|').subscribe();
      track('ticks', interval(10).pipe(take(2)).subscribe());
      await firstValueFrom(hot('-d-'));
      await sleep(30);
    }),
  );
});

import { NEVER, Subject, of, throwError, timer, type Observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { DeliveryContract, Receipt, Settlement } from '../../../lib/contracts/delivery.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { marbles } from '../../support/marbles.ts';
import { manual } from './support/manual.ts';
import { useVirtualTime } from './support/virtualTime.ts';

function logOf(receipt: Receipt): string[] {
  const log: string[] = [];
  receipt.taken$.subscribe({ complete: () => log.push('taken') });
  receipt.settled$.subscribe({
    next: ({ subscriber, outcome, error }) => log.push(`${subscriber} ${outcome}${error ? ` ${error.name}` : ''}`),
    complete: () => log.push('settled'),
  });
  return log;
}

describe('receipts', () => {
  useVirtualTime();

  it('tell verdict and outcome of every kind of end', async () => {
    const contracts: Record<string, Partial<DeliveryContract<number>> & Pick<DeliveryContract<number>, 'handle'>> = {
      'returns nothing': { handle: () => {} },
      throws: {
        handle: () => {
          throw new Error('no');
        },
      },
      resolves: { handle: async () => {} },
      rejects: { handle: () => Promise.reject(new Error('no')) },
      completes: { handle: () => of(1, 2, 3) },
      errs: { handle: () => throwError(() => new Error('no')) },
      'is late': { handle: () => NEVER, timeoutMs: 50 },
      'tries again': {
        handle: (_, { attempt }) => (attempt < 3 ? throwError(() => 'no') : of(1)),
        retry: { retries: 2 },
      },
      'gives up': { handle: () => throwError(() => 'no'), retry: { retries: 2 } },
      parks: { handle: () => throwError(() => 'no'), onFailure: 'park' },
      closes: { handle: () => throwError(() => 'no'), onFailure: 'close' },
      'never ends': { handle: () => NEVER },
    };
    const topic = new Topic<number>();
    for (const [id, contract] of Object.entries(contracts)) topic.deliver({ id, ...contract });
    const receipt = topic.publish(1);
    const settled: Settlement[] = [];
    let isComplete = false;
    receipt.settled$.subscribe({ next: (one) => settled.push(one), complete: () => (isComplete = true) });

    expect([...receipt.verdicts.entries()]).toEqual(Object.keys(contracts).map((id) => [id, 'accepted']));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(isComplete).toBe(false);
    topic.unsubscribe();
    expect(isComplete).toBe(true);

    const outcomes = Object.fromEntries(settled.map(({ subscriber, outcome }) => [subscriber, outcome]));
    expect(settled).toHaveLength(12);
    expect(outcomes).toEqual({
      'returns nothing': 'succeeded',
      throws: 'failed',
      resolves: 'succeeded',
      rejects: 'failed',
      completes: 'succeeded',
      errs: 'failed',
      'is late': 'failed',
      'tries again': 'succeeded',
      'gives up': 'failed',
      parks: 'parked',
      closes: 'failed',
      'never ends': 'discarded',
    });
    const attempts = Object.fromEntries(settled.map(({ subscriber, error }) => [subscriber, error?.attempt]));
    expect(attempts).toMatchObject({ 'gives up': 3, throws: 1, resolves: undefined });
    expect(settled.find(({ subscriber }) => subscriber === 'is late')?.error?.cause).toMatchObject({
      code: 'deadline',
    });
  });

  it('tell the same to whoever asks early, late, in between, and twice', () => {
    const topic = new Topic<number>();
    const a = manual(topic, 'a');
    const b = manual(topic, 'b');
    topic.deliver({ id: 'c', handle: () => {} });
    const receipt = topic.publish(1);
    const early = logOf(receipt);
    b.open()[0]!.fail();
    const between = logOf(receipt);
    a.open()[0]!.succeed();
    const late = logOf(receipt);

    const expected = ['a succeeded', 'b failed DeliveryError', 'c succeeded', 'settled', 'taken'];
    for (const log of [early, between, late, logOf(receipt)]) expect([...log].sort()).toEqual(expected);
    expect(early).toEqual(['taken', 'c succeeded', 'b failed DeliveryError', 'a succeeded', 'settled']);
  });

  it('tell of a value that is published within a handler when it has gone out', () => {
    const topic = new Topic<number>();
    let log: string[] = [];
    let before: unknown;
    let receipt: Receipt | undefined;
    topic.deliver({
      id: 'a',
      handle(n) {
        if (n > 0) return;
        receipt = topic.publish(1);
        before = [...receipt.verdicts];
        log = logOf(receipt);
        log.push('returns');
      },
    });
    topic.publish(0);

    expect(before).toEqual([]);
    expect(log).toEqual(['returns', 'taken', 'a succeeded', 'settled']);
    expect([...receipt!.verdicts]).toEqual([['a', 'accepted']]);
    expect(receipt!.id).toBe(2);
  });

  it('are settled at once when nobody is subscribed, or has left', () => {
    const topic = new Topic<number>();
    expect(logOf(topic.publish(1))).toEqual(['taken', 'settled']);

    const { delivery } = manual(topic, 'a');
    topic.deliver({ id: 'b', handle: () => {} });
    delivery.close();
    expect(logOf(topic.publish(2))).toEqual(['taken', 'b succeeded', 'settled']);
    expect([...topic.publish(3).verdicts.keys()]).toEqual(['b']);
  });

  it('leave out who leaves while the value goes out', () => {
    const topic = new Topic<number>();
    topic.deliver({ id: 'a', handle: () => topic.deliveries().at(-1)!.close() });
    manual(topic, 'b');
    manual(topic, 'c');
    const receipt = topic.publish(1);

    expect([...receipt.verdicts]).toEqual([
      ['a', 'accepted'],
      ['b', 'accepted'],
    ]);
    expect(logOf(receipt)).toEqual(['taken', 'a succeeded']);
  });

  it('tell each outcome once, also when it is settled by whoever takes the one before', () => {
    const topic = new Topic<number>();
    const all = ['a', 'b', 'c', 'd'].map((id) => manual(topic, id));
    const receipt = topic.publish(1);
    const log: string[] = [];
    receipt.settled$.subscribe({
      next({ subscriber }) {
        log.push(subscriber);
        all
          .find(({ open }) => open().length > 0)
          ?.open()[0]!
          .succeed();
      },
      complete: () => log.push('settled'),
    });
    all[2]!.open()[0]!.succeed();

    expect(log).toEqual(['c', 'a', 'b', 'd', 'settled']);
  });

  it('tell whoever watches the subscriber change, and ends its work, what became of it', () => {
    const topic = new Topic<number>();
    const { delivery, open } = manual(topic, 's');
    delivery.stats$.subscribe(({ running }) => {
      if (running > 0) open()[0]?.succeed();
    });
    expect(logOf(topic.publish(1))).toEqual(['taken', 's succeeded', 'settled']);
  });

  it('tell each outcome once of a value whose turn had not come when its receipt was looked at', () => {
    const topic = new Topic<number>();
    let log: string[] = [];
    topic.deliver({
      id: 'publishes',
      handle(n) {
        if (n === 1) log = logOf(topic.publish(2));
      },
    });
    topic.deliver({ id: 'throws', handle: () => throwError(() => 'no') });
    topic.publish(1);

    expect(log).toEqual(['taken', 'publishes succeeded', 'throws failed DeliveryError', 'settled']);
  });

  it('stop telling whoever has left', () => {
    const topic = new Topic<number>();
    const { open } = manual(topic, 's');
    const log: string[] = [];
    const subscription = topic.publish(1).settled$.subscribe(({ outcome }) => log.push(outcome));
    subscription.unsubscribe();
    open()[0]!.succeed();

    expect(log).toEqual([]);
  });

  it(
    'settle in virtual time',
    marbles(({ cold, expectObservable }) => {
      const topic = new Topic<string>();
      const work: Record<string, Observable<unknown>> = { a: cold('---|'), b: cold('--#') };
      topic.deliver({ id: 's', handle: (value) => work[value]! });
      const publish$ = cold('a-b|');
      const settled: Record<string, Observable<Settlement>> = {};
      publish$.subscribe((value) => {
        settled[value] = topic.publish(value).settled$;
        const outcomes = { s: { subscriber: 's', outcome: 'succeeded' } };
        if (value === 'a') expectObservable(settled['a']!).toBe('   ---(s|)', outcomes);
      });
      const later$ = new Subject<Settlement>();
      timer(2).subscribe(() => settled['b']!.subscribe(later$));
      const outcomeOf = new Subject<string>();
      later$.subscribe(({ outcome }) => outcomeOf.next(outcome));

      expectObservable(outcomeOf).toBe('                        -----f', { f: 'failed' });
    }),
  );
});

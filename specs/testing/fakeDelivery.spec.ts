import { defer, NEVER, of, throwError, timer } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { createReceiver } from '../../lib/core/receivers/createReceiver.ts';
import { fakeDelivery } from '../../lib/testing/fakeDelivery.ts';
import { fakeIncoming } from '../../lib/testing/fakeIncoming.ts';
import { marbles } from '../support/marbles.ts';
import { record } from '../support/record.ts';
import { virtually } from '../support/virtually.ts';

const failure = new Error('no');

describe('fakeDelivery', () => {
  it(
    'ends when what a handler returns has ended, and looks at no value',
    marbles(({ cold, expectObservable }) => {
      const delivery = fakeDelivery('a');
      expectObservable(delivery.to(() => cold('-x-|'))).toBe('---|');
      expectObservable(delivery.to(() => undefined)).toBe('|');
      expectObservable(delivery.to(() => timer(2))).toBe('--|');
      expectObservable(delivery.to(() => cold('-x-#', undefined, failure))).toBe('---#', undefined, failure);
      expectObservable(
        delivery.to(() => {
          throw failure;
        }),
      ).toBe('#', undefined, failure);
    }),
  );

  it('writes down each attempt, how it ended, and when', () => {
    const delivery = virtually((time) => {
      const one = fakeDelivery('a');
      record(one.to(() => timer(5)));
      record(one.to(() => throwError(() => failure)));
      const left = one.to(() => NEVER).subscribe();
      time.at(7, () => left.unsubscribe());
      one.to(() => NEVER).subscribe();
      return one;
    });
    expect(delivery.attempts).toEqual([
      { attempt: 1, startedAt: 1_000, endedAt: 1_005, outcome: 'succeeded' },
      { attempt: 2, startedAt: 1_000, endedAt: 1_000, outcome: 'failed', error: failure },
      { attempt: 3, startedAt: 1_000, endedAt: 1_007, outcome: 'cancelled' },
      { attempt: 4, startedAt: 1_000, outcome: 'live' },
    ]);
  });

  it('tells a handler what a topic would, or what the facts are', () => {
    const told: unknown[] = [];
    record(fakeDelivery('a').to((value, { topic, id, attempt }) => void told.push(value, { topic, id, attempt })));
    const routed = fakeDelivery(
      { order: 7 },
      { tenant: 't', receiver: 'orders', route: 'mail', id: 'e-1', attempt: 3 },
    );
    const handle = (
      event: { order: number },
      context: { tenant: string; id: string; attempt: number; signal: AbortSignal },
    ) => {
      expectTypeOf(event.order).toBeNumber();
      told.push(context.tenant, context.id, context.attempt);
    };
    record(routed.to(handle));
    record(routed.to(handle));
    expect(told).toEqual(['a', { topic: 'fake', id: 1, attempt: 1 }, 't', 'e-1', 3, 't', 'e-1', 4]);
  });

  it('does nothing before it is subscribed to, and aborts the signal when it is left', () => {
    const signals: AbortSignal[] = [];
    const call$ = fakeDelivery('a').to((_, { signal }) => {
      signals.push(signal);
      return NEVER;
    });
    expect(signals).toEqual([]);
    const running = call$.subscribe();
    expect(signals[0]!.aborted).toBe(false);
    running.unsubscribe();
    expect(signals[0]!.aborted).toBe(true);
  });

  it('takes a promise', async () => {
    const delivery = fakeDelivery('a');
    await new Promise<void>((resolve) => delivery.to(() => Promise.resolve(1)).subscribe({ complete: resolve }));
    expect(delivery.attempts[0]!.outcome).toBe('succeeded');
  });
});

describe('fakeIncoming', () => {
  it('writes down how a receiver settled it, once', () => {
    const [good, bad] = virtually(() => {
      const receiver = createReceiver<string>({ tenant: 't', name: 'r' });
      receiver.addRoute({
        id: 'route',
        handle: (event) => defer(() => (event === 'bad' ? throwError(() => failure) : timer(20))),
      });
      const events = [fakeIncoming('good'), fakeIncoming('bad', 'e-2')] as const;
      receiver.receive(of(...events));
      return events;
    });
    expect(good.answers).toEqual([{ kind: 'acked', at: 1_020 }]);
    expect(bad.answers).toMatchObject([{ kind: 'nacked', at: 1_020, reason: { name: 'NackedError' } }]);
    expect(bad.id).toBe('e-2');
  });
});

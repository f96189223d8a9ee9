import fc from 'fast-check';
import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { RateLimitError } from '../../../lib/contracts/receiverFailure.ts';
import { RateBucket } from '../../../lib/core/receivers/rateBucket.ts';
import { createRateLimits, type RateLimit } from '../../../lib/core/receivers/createRateLimits.ts';
import { createReceiver, type ReceiverOptions } from '../../../lib/core/receivers/createReceiver.ts';
import { OptionError } from '../../../operators/errors.ts';
import { record } from '../../support/record.ts';
import { runs } from '../../support/seed.ts';
import { virtually, type VirtualTime } from '../../support/virtually.ts';

/** A receiver whose one route notes when it was handed what. */
function noted(
  { now }: VirtualTime,
  limit: RateLimit | ReceiverOptions<number>['rateLimit'],
  options: Partial<ReceiverOptions<number>> = {},
) {
  const rateLimit = limit && 'perSecond' in limit ? createRateLimits({ default: limit }) : limit;
  const receiver = createReceiver<number>({ tenant: 'acme', name: 'orders', rateLimit, ...options });
  const handed: (readonly [number, number])[] = [];
  receiver.addRoute({ id: 'a', concurrency: Infinity, handle: (event) => void handed.push([event, now()]) });
  return { receiver, handed };
}

describe('rate limit', () => {
  it('delays events beyond the burst to the ms, in order', () => {
    virtually((time) => {
      const { receiver, handed } = noted(time, { perSecond: 10, burst: 2 });
      for (let i = 0; i < 5; i++) receiver.next(i);
      expect(receiver.stats()).toMatchObject({ received: 5, pending: 5, delayed: 3 });
      time.at(1_000, () => {
        expect(handed).toEqual([
          [0, 0],
          [1, 0],
          [2, 100],
          [3, 200],
          [4, 300],
        ]);
        expect(time.timers()).toBe(0);
        receiver.unsubscribe();
      });
    });
  });

  it('never lets more through than the rate and the burst, and no fewer', () => {
    const limits = fc.record({
      perSecond: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0.5, max: 500, noNaN: true })),
      burst: fc.integer({ min: 1, max: 5 }),
    });
    const gaps = fc.array(fc.nat(300), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(limits, gaps, ({ perSecond, burst }, gaps) => {
        virtually((time) => {
          const { receiver, handed } = noted(
            time,
            { perSecond, burst, maxDelayMs: Infinity },
            { ackTimeoutMs: Infinity },
          );
          let at = 0;
          const expected = gaps.map((gap, i) => {
            at += gap;
            time.at(at, () => void receiver.next(i));
            return at;
          });
          // The reference: event i goes no earlier than it came, than its predecessor, and than (i - burst) did plus burst intervals.
          let fullAt = -Infinity;
          const interval = 1_000 / perSecond;
          const times = expected.map((came) => {
            const goes = Math.max(came, fullAt - (burst - 1) * interval);
            fullAt = Math.max(fullAt, goes) + interval;
            return goes;
          });
          time.at(at + 2_000 * gaps.length + 10_000, () => {
            expect(handed.map(([event]) => event)).toEqual(gaps.map((_, i) => i));
            handed.forEach(([, ms], i) => {
              expect(ms).toBeGreaterThanOrEqual(times[i]! - 0.001);
              expect(ms).toBeLessThan(times[i]! + 1.001); // timers have whole ms
            });
            receiver.unsubscribe();
          });
        });
      }),
      runs(100),
    );
  });

  it('nacks at once what would wait longer than maxDelayMs, and says when to come again', () => {
    virtually((time) => {
      const { receiver, handed } = noted(time, { perSecond: 10, burst: 1, maxDelayMs: 250 });
      const errors = record(receiver.errors$);
      const acks = [0, 1, 2, 3, 4].map((event) => receiver.next(event));
      expect(acks.map(({ state }) => state.kind)).toEqual(['pending', 'pending', 'pending', 'nacked', 'nacked']);
      expect(errors).toHaveLength(2);
      expect(errors[0]).toBeInstanceOf(RateLimitError);
      expect(errors[0]).toMatchObject({
        code: 'rate_limited',
        tenant: 'acme',
        receiver: 'orders',
        perSecond: 10,
        retryAfterMs: 300,
      });
      time.at(1_000, () => {
        expect(handed.map(([event]) => event)).toEqual([0, 1, 2]);
        expect(acks[3]!.retry().state.kind).toBe('pending'); // it has reached no route yet: now it reaches all
        time.at(1_001, () => {
          expect(handed.at(-1)).toEqual([3, 1_000]);
          receiver.unsubscribe();
        });
      });
    });
  });

  it('nacks when its time is over what the turns of the other receivers have kept waiting, and not later', () => {
    virtually((time) => {
      const limits = createRateLimits({ default: { perSecond: 10, burst: 1, maxDelayMs: 250 } });
      const [x, y] = ['x', 'y'].map((name) => noted(time, limits, { name }));
      const ends: unknown[] = [];
      const send = ({ receiver }: ReturnType<typeof noted>, event: number) =>
        receiver
          .next(event)
          .settled$.subscribe((end) =>
            ends.push([receiver.name, event, time.now(), end.kind === 'acked' ? end.kind : end.error.code]),
          );
      for (const event of [0, 1, 2]) send(x!, event);
      for (const event of [0, 1]) send(y!, event);
      time.at(1_000, () => {
        expect(ends).toEqual([
          ['x', 0, 0, 'acked'],
          ['x', 1, 100, 'acked'],
          ['y', 0, 200, 'acked'],
          ['x', 2, 250, 'rate_limited'],
          ['y', 1, 250, 'rate_limited'],
        ]);
        expect(time.timers()).toBe(0);
        x!.receiver.unsubscribe();
        y!.receiver.unsubscribe();
      });
    });
  });

  it('holds no more than maxWaiting events back', () => {
    virtually((time) => {
      const { receiver } = noted(time, { perSecond: 10, burst: 1, maxWaiting: 2 });
      const acks = [0, 1, 2, 3].map((event) => receiver.next(event));
      expect(acks.map(({ state }) => state.kind)).toEqual(['pending', 'pending', 'pending', 'nacked']);
      expect(receiver.stats()).toMatchObject({ delayed: 2, nacked: 1 });
      receiver.unsubscribe();
    });
  });

  it('is one for all receivers of a tenant, which take turns', () => {
    virtually((time) => {
      const limits = createRateLimits({ default: { perSecond: 100, burst: 1, maxDelayMs: 10_000, maxWaiting: 100 } });
      const [x, y] = ['x', 'y'].map((name) => noted(time, limits, { name }));
      for (let i = 0; i < 60; i++) x!.receiver.next(i); // floods: it has half of the places
      for (let i = 0; i < 5; i++) y!.receiver.next(i);
      expect(x!.receiver.stats()).toMatchObject({ delayed: 50, nacked: 9 });
      expect(y!.receiver.stats()).toMatchObject({ delayed: 5, nacked: 0 });
      time.at(2_000, () => {
        expect(y!.handed.map(([, ms]) => ms)).toEqual([20, 40, 60, 80, 100]);
        expect(x!.handed).toHaveLength(51);
        x!.receiver.unsubscribe();
        y!.receiver.unsubscribe();
      });
    });
  });

  it('R2 of one tenant delays no other tenant', () => {
    virtually((time) => {
      const limits = createRateLimits({ default: { perSecond: 100, burst: 1 }, tenants: { small: { perSecond: 1 } } });
      const small = noted(time, limits, { tenant: 'small' });
      const acme = noted(time, limits);
      for (let i = 0; i < 1_000; i++) small.receiver.next(i);
      time.times(10, 10, (i) => acme.receiver.next(i));
      time.at(200, () => {
        expect(acme.handed.map(([, ms]) => ms)).toEqual(Array.from({ length: 10 }, (_, i) => i * 10));
        small.receiver.unsubscribe();
        acme.receiver.unsubscribe();
      });
    });
  });

  it('gives an unknown tenant the default limit, whatever it is called', () => {
    const limits = createRateLimits({ default: { perSecond: 7 }, tenants: { acme: { perSecond: 9, burst: 3 } } });
    for (const tenant of ['unknown', '', '__proto__', 'constructor', 'default', 'toString'])
      expect(limits.limitOf(tenant)).toEqual({ perSecond: 7, burst: 7, maxDelayMs: 1_000, maxWaiting: 1_024 });
    expect(limits.limitOf('acme')).toEqual({ perSecond: 9, burst: 3, maxDelayMs: 1_000, maxWaiting: 1_024 });
  });

  it('refuses limits that cannot be meant', () => {
    for (const perSecond of [0, -1, NaN]) {
      expect(() => createRateLimits({ default: { perSecond } })).toThrow(OptionError);
      expect(() => createRateLimits({ default: { perSecond: 1 }, tenants: { acme: { perSecond } } })).toThrow(
        OptionError,
      );
    }
    for (const limit of [{ burst: 0 }, { burst: 1.5 }, { maxDelayMs: -1 }, { maxDelayMs: NaN }, { maxWaiting: -1 }])
      expect(() => createRateLimits({ default: { perSecond: 1, ...limit } })).toThrow(OptionError);
    expect(() => createReceiver({ tenant: 'a', name: 'b', rateLimit: { limitOf: () => ({}) as never } })).toThrow(
      OptionError,
    );
  });

  it('has no limit at Infinity', () => {
    virtually((time) => {
      const { receiver, handed } = noted(time, { perSecond: Infinity });
      for (let i = 0; i < 5_000; i++) receiver.next(i);
      time.at(1, () => {
        expect(handed).toHaveLength(5_000);
        receiver.unsubscribe();
      });
    });
  });

  it('waits no longer than for a full bucket when the clock is set back', () => {
    const bucket = new RateBucket({ perSecond: 10, burst: 3 });
    for (let i = 0; i < 3; i++) expect(bucket.take(3_600_000)).toBe(true);
    expect(bucket.take(3_600_000)).toBe(false);
    expect(bucket.waitMs(0, 0)).toBe(100);
    expect(bucket.take(100)).toBe(true);
  });

  it('lets an event go that was not settled in time while it was held back', () => {
    virtually((time) => {
      const { receiver, handed } = noted(time, { perSecond: 1, burst: 1, maxDelayMs: 5_000 }, { ackTimeoutMs: 300 });
      receiver.next(0);
      const ack = receiver.next(1);
      time.at(299, () => expect(receiver.stats().delayed).toBe(1));
      time.at(301, () => {
        expect(ack.state).toMatchObject({ kind: 'nacked', error: { code: 'ack_timeout', routes: [] } });
        expect(receiver.stats().delayed).toBe(0);
        expect(time.timers()).toBe(1); // the one below
      });
      time.at(5_000, () => {
        expect(handed.map(([event]) => event)).toEqual([0]);
        receiver.unsubscribe();
      });
    });
  });

  it('lets what it holds back go on while the receiver is closed, as far as the deadline allows; the rest is nacked', () => {
    virtually((time) => {
      const { receiver, handed } = noted(time, { perSecond: 10, burst: 1 });
      const acks = [0, 1, 2, 3, 4].map((event) => receiver.next(event));
      const told = record(receiver.close({ deadlineMs: 250 }));
      time.at(251, () => {
        expect(handed.map(([event]) => event)).toEqual([0, 1, 2]);
        expect(acks.map(({ state }) => state.kind)).toEqual(['acked', 'acked', 'acked', 'nacked', 'nacked']);
        expect(acks[4]!.state).toMatchObject({ error: { code: 'closed' } });
        expect(told).toMatchObject([{ received: 5, acked: 3, nacked: 2, pending: 0, delayed: 0 }, 'complete']);
        expect(time.timers()).toBe(0);
      });
    });
  });

  it('is shared as long as somebody uses it, and is forgotten when it would be the same anew', () => {
    virtually((time) => {
      const limits = createRateLimits({ default: { perSecond: 1, burst: 1 } });
      const first = noted(time, limits);
      first.receiver.next(0);
      first.receiver.unsubscribe();
      const second = noted(time, limits); // no way around the limit
      second.receiver.next(1);
      expect(second.receiver.stats().delayed).toBe(1);
      second.receiver.addRoute({ id: 'stuck', handle: () => NEVER });
      second.receiver.unsubscribe();
      time.at(5_000, () => {
        const lines = (limits as unknown as { readonly lines: ReadonlyMap<string, unknown> }).lines;
        createReceiver({ tenant: 'other', name: 'orders', rateLimit: limits }).unsubscribe();
        expect([...lines.keys()]).toEqual(['other']);
      });
    });
  });
});

import fc from 'fast-check';
import * as t from 'io-ts';
import { concat, NEVER, Observable, of, throwError, timer, observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { DeliveryContext, DeliveryContract } from '../../../lib/contracts/delivery.ts';
import { DeliveryError } from '../../../lib/contracts/deliveryFailure.ts';
import type { Handled } from '../../../lib/contracts/handled.ts';
import { createTopics } from '../../../lib/core/topics/createTopics.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { marbles } from '../../support/marbles.ts';
import { runs } from '../../support/seed.ts';
import { watchProcess } from './support/watchProcess.ts';
import { useVirtualTime } from './support/virtualTime.ts';

type Handle = (value: number, context: DeliveryContext) => Handled;

class OddPromise extends Promise<unknown> {
  override then(): never {
    throw new Error('then of a promise throws');
  }
}

const withMessageGetter = Object.defineProperty(new Error('x'), 'message', {
  get() {
    throw new Error('message throws');
  },
});
const proxy = new Proxy(new Error('x'), {
  getPrototypeOf() {
    throw new Error('instanceof throws');
  },
  get() {
    throw new Error('every property throws');
  },
});

/** Handlers that fail, each in its own way. */
const FAILING: Readonly<Record<string, Handle>> = {
  'throws an error': () => {
    throw new Error('no');
  },
  'throws undefined': () => {
    throw undefined;
  },
  'throws null': () => {
    throw null;
  },
  'throws a text': () => {
    throw 'no';
  },
  'throws a symbol': () => {
    throw Symbol('no');
  },
  'throws an object without prototype': () => {
    throw Object.create(null);
  },
  'throws an error whose message throws': () => {
    throw withMessageGetter;
  },
  'throws a proxy that throws': () => {
    throw proxy;
  },
  'throws an object whose toString throws': () => {
    throw {
      toString() {
        throw new Error('toString throws');
      },
    };
  },
  'throws a huge message': () => {
    throw new Error('x'.repeat(100_000));
  },
  'overflows the stack': () => {
    const dive = (): number => 1 + dive();
    dive();
  },
  rejects: () => Promise.reject(new Error('no')),
  'rejects with undefined': () => Promise.reject(undefined),
  'rejects later': async () => {
    await Promise.resolve();
    throw new Error('no');
  },
  'is a thenable that throws in then': () => ({
    then() {
      throw new Error('then throws');
    },
  }),
  'is a thenable whose then is a getter that throws': () =>
    Object.defineProperty({}, 'then', {
      get() {
        throw new Error('getter of then throws');
      },
    }) as Promise<unknown>,
  'is a promise that throws in then': () => OddPromise.resolve(1),
  'is a thenable that rejects twice and resolves': () => ({
    then(resolve?: ((value: never) => never) | null, reject?: ((cause: unknown) => never) | null) {
      reject?.(1);
      reject?.(2);
      resolve?.(undefined as never);
      return undefined as never;
    },
  }),
  errs: () => throwError(() => new Error('no')),
  'errs after a value': () =>
    concat(
      of(1),
      throwError(() => 'no'),
    ),
  'is an Observable that throws when it is subscribed to': () =>
    new Observable(() => {
      throw new Error('no');
    }),
  'is a subscribable that throws': () =>
    ({
      [observable]: () => ({
        subscribe() {
          throw new Error('no');
        },
      }),
    }) as never,
  'is an iterable that throws': () =>
    (function* () {
      yield 1;
      throw new Error('no');
    })(),
  'is an iterable whose iterator throws': () => ({
    [Symbol.iterator]() {
      throw new Error('no');
    },
  }),
  'is an async iterable that throws': async function* () {
    yield 1;
    throw new Error('no');
  },
  'is nothing that can be waited for': () => 5 as never,
  'is null': () => null as never,
  'is an object': () => ({}) as never,
};

describe('isolation', () => {
  useVirtualTime();

  /** A topic with a subscriber before and one after those of the contracts; what both saw, and what was told of the rest. */
  async function run(
    contracts: Readonly<Record<string, Partial<DeliveryContract<number>>>>,
    values: readonly number[],
  ) {
    const errors: DeliveryError[] = [];
    const topic = new Topic<number>({ name: 'numbers', onError: (error) => errors.push(error) });
    const healthy: unknown[] = [];
    const attach = (id: string) =>
      topic.deliver({
        id,
        concurrency: 2,
        bufferSize: 2,
        overflow: 'dropOldest',
        onDrop: (value) => healthy.push([id, 'drops', value]),
        handle(value, { attempt }) {
          healthy.push([id, value, attempt, Date.now()]);
          return timer(3);
        },
      });
    const before = attach('before');
    const others = Object.entries(contracts).map(([id, contract]) =>
      topic.deliver({ id, handle: () => {}, ...contract }),
    );
    const after = attach('after');
    for (const value of values) {
      topic.next(value);
      await vi.advanceTimersByTimeAsync(1);
    }
    await vi.advanceTimersByTimeAsync(1_000);
    return { topic, errors, others, healthy: [...healthy, before.stats(), after.stats()] };
  }

  it.each(Object.entries(FAILING))('T9, T12 a handler that %s is told of once, and hurts nobody', async (_, handle) => {
    const started = Date.now();
    const alone = await run({}, [1, 2, 3, 4, 5]);
    vi.setSystemTime(started);
    const { errors, others, healthy, topic } = await run({ odd: { handle } }, [1, 2, 3, 4, 5]);

    expect(healthy).toEqual(alone.healthy);
    expect(errors.map(({ topic, subscriber, id, attempt, value }) => [topic, subscriber, id, attempt, value])).toEqual(
      [1, 2, 3, 4, 5].map((n) => ['numbers', 'odd', n, 1, n]),
    );
    for (const error of errors) {
      expect(error).toBeInstanceOf(DeliveryError);
      expect(error).toMatchObject({ name: 'DeliveryError', code: 'delivery_failed' });
      expect('cause' in error).toBe(true);
      expect(typeof error.message).toBe('string');
    }
    expect(others[0]!.stats()).toMatchObject({ offered: 5, failed: 5, running: 0, waiting: 0 });
    expect(topic.deliveries()).toHaveLength(3); // T11: it stays attached
  });

  it('T9 a promise that says twice that it is done ends no other value', async () => {
    class Stutterer extends Promise<void> {
      override then(resolve?: ((value: never) => never) | null): never {
        resolve?.(undefined as never);
        setTimeout(() => resolve?.(undefined as never), 1);
        return undefined as never;
      }
    }
    const own = Object.assign(Promise.resolve(), { then: Stutterer.prototype.then });
    for (const odd of [Stutterer.resolve(), own]) {
      const topic = new Topic<number>();
      const delivery = topic.deliver({
        id: 's',
        concurrency: 10,
        handle: (n) => (n === 0 ? odd : new Promise(() => {})),
      });
      topic.next(0);
      for (let n = 1; n < 5; n++) topic.next(n);
      await vi.advanceTimersByTimeAsync(10);

      expect(delivery.stats()).toMatchObject({ succeeded: 1, running: 4 });
    }
  });

  it('T9 whatever fails, hangs or floods, and with whichever policy, the others see the same', async () => {
    const odd = fc.record({
      handle: fc.constantFrom(
        ...Object.values(FAILING),
        () => NEVER,
        () => timer(7),
        () => {},
      ),
      retry: fc.constantFrom(undefined, { retries: 2, delayMs: 1 }),
      timeoutMs: fc.constantFrom(undefined, 4),
      onFailure: fc.constantFrom('keep' as const, 'close' as const, 'park' as const),
      overflow: fc.constantFrom(
        'error' as const,
        'dropOldest' as const,
        'coalesce' as const,
        'block' as const,
        'park' as const,
      ),
      bufferSize: fc.nat({ max: 2 }),
      partitionKey: fc.constantFrom(
        undefined,
        (n: number) => n % 2,
        () => {
          throw new Error('partitionKey throws');
        },
      ),
      coalesce: fc.constantFrom(undefined, () => {
        throw new Error('coalesce throws');
      }),
      onDrop: fc.constantFrom(undefined, () => {
        throw new Error('onDrop throws');
      }),
    });
    const started = Date.now();
    const values = [1, 2, 3, 4, 5, 6];
    const alone = await run({}, values);
    const noise = watchProcess();

    await fc.assert(
      fc.asyncProperty(fc.array(odd, { minLength: 1, maxLength: 3 }), async (odds) => {
        vi.setSystemTime(started);
        const { healthy, others, errors } = await run(Object.fromEntries(odds.entries()), values);
        expect(healthy).toEqual(alone.healthy);
        for (const [i, other] of others.entries()) {
          const { failed, refused, retried, ...stats } = other.stats();
          expect(stats.running).toBeLessThanOrEqual(1);
          const told = errors.filter(
            ({ subscriber, attempt, id }) => subscriber === String(i) && id > 0 && attempt >= 0,
          );
          const parkedByFailure = odds[i]!.onFailure === 'park' ? stats.parked : 0;
          expect(told.length).toBeGreaterThanOrEqual(failed + refused);
          if (odds[i]!.onDrop === undefined && parkedByFailure === 0) {
            expect(told.filter(({ attempt }) => attempt === 0)).toHaveLength(refused);
            expect(told.filter(({ attempt }) => attempt > 0)).toHaveLength(failed);
          }
          expect(retried).toBeLessThanOrEqual(2 * values.length);
        }
      }),
      runs(),
    );
    await vi.advanceTimersByTimeAsync(100);
    expect(noise.stop()).toEqual([]);
  });

  it('T9 an Observable whose teardown throws releases its slot once, and is told of', async () => {
    const noise = watchProcess();
    for (const end of ['complete', 'error', 'late', 'close'] as const) {
      const errors: DeliveryError[] = [];
      const topic = new Topic<number>({ onError: (error) => errors.push(error) });
      const delivery = topic.deliver({
        id: 's',
        timeoutMs: end === 'late' ? 5 : Infinity,
        handle: () =>
          new Observable((subscriber) => {
            if (end === 'complete' || end === 'error') {
              const timeout = setTimeout(() => {
                if (end === 'complete') subscriber.complete();
                else subscriber.error(new Error('no'));
              }, 5);
              subscriber.add(() => clearTimeout(timeout));
            }
            return () => {
              throw new Error('teardown throws');
            };
          }),
      });
      topic.next(1);
      topic.next(2);
      await vi.advanceTimersByTimeAsync(end === 'close' ? 1 : 100);
      if (end === 'close') expect(() => delivery.close()).not.toThrow();

      const { succeeded, failed, discarded, running, waiting } = delivery.stats();
      expect({ succeeded, failed, discarded, running, waiting }, end).toEqual({
        succeeded: end === 'complete' ? 2 : 0,
        failed: end === 'error' || end === 'late' ? 2 : 0,
        discarded: end === 'close' ? 2 : 0,
        running: 0,
        waiting: 0,
      });
      const causes = errors.map(({ cause }) => String(cause));
      expect(causes.filter((cause) => cause.includes('teardown throws')).length, end).toBe(end === 'close' ? 1 : 2);
    }
    await vi.advanceTimersByTimeAsync(100);
    expect(noise.stop()).toEqual([]);
  });

  it('T9 every callback may throw: it is told of, and no value is lost', async () => {
    const noise = watchProcess();
    const bang = (): never => {
      throw new Error('bang');
    };
    const callbacks: Record<string, Partial<DeliveryContract<number>>> = {
      partitionKey: { partitionKey: bang },
      coalesce: { coalesce: bang, overflow: 'coalesce', bufferSize: 1, handle: () => timer(5) },
      onDrop: { onDrop: bang, overflow: 'dropOldest', bufferSize: 1, handle: () => timer(5) },
      retryOn: { retry: { retries: 1, retryOn: bang }, handle: bang },
      jitter: { retry: { retries: 1, jitter: bang }, handle: bang },
      observe: { concurrency: { begin: () => ({ initial: 1, observe: bang }) } },
      'observe gives nonsense': { concurrency: { begin: () => ({ initial: 1, observe: () => NaN }) } },
      'concurrency errs': { concurrency: throwError(() => new Error('bang')) },
      'concurrency is nonsense': { concurrency: of(0, -1, NaN, 1.5) },
      'partitionKey of a value that waits for room': {
        partitionKey: (n) => (n > 1 ? bang() : n),
        overflow: 'block',
        bufferSize: 0,
        handle: () => timer(5),
      },
    };
    for (const [name, contract] of Object.entries(callbacks)) {
      const { errors, others } = await run({ odd: contract }, [1, 2, 3, 4, 5]);
      const stats = others[0]!.stats();
      const { succeeded, failed, coalesced, dropped, parked, refused, discarded, waiting, running } = stats;
      expect(errors.length, name).toBeGreaterThan(0);
      expect(succeeded + failed + coalesced + dropped + parked + refused + discarded, name).toBe(stats.offered);
      expect([waiting, running, stats.blocked], name).toEqual([0, 0, 0]);
    }
    expect(noise.stop()).toEqual([]);
  });

  it('T12 whoever takes the errors may throw', async () => {
    const noise = watchProcess();
    const topic = new Topic<number>({
      onError() {
        throw new Error('the sink throws');
      },
    });
    let told = 0;
    topic.errors$.subscribe(() => told++);
    const delivery = topic.deliver({ id: 's', handle: () => Promise.reject(new Error('no')) });
    topic.next(1);
    topic.next(2);
    await vi.advanceTimersByTimeAsync(10);

    expect(told).toBe(2);
    expect(delivery.stats()).toMatchObject({ failed: 2, running: 0 });
    expect(noise.stop()).toEqual([]);
  });

  it(
    'T10 a handler that never ends holds its own slot, and the timeline of the others is the same as without',
    marbles(({ cold, expectObservable }) => {
      const timeline = (neighbours: readonly Partial<DeliveryContract<string>>[]) =>
        new Observable<string>((subscriber) => {
          const topic = new Topic<string>();
          neighbours.forEach((contract, i) => topic.deliver({ id: `odd ${i}`, handle: () => NEVER, ...contract }));
          topic.deliver({
            id: 'healthy',
            bufferSize: 2,
            overflow: 'dropOldest',
            handle(value) {
              subscriber.next(value);
              return cold('--|');
            },
          });
          return cold('abcdefg|').subscribe(topic);
        });
      const expected = 'a-b-d-f-g';

      expectObservable(timeline([])).toBe(expected);
      expectObservable(
        timeline([
          {},
          { overflow: 'block', bufferSize: 0 },
          { overflow: 'dropNewest', concurrency: 2, timeoutMs: 1, retry: { retries: 3, delayMs: 1 } },
          {
            handle() {
              throw new Error('no');
            },
          },
        ]),
      ).toBe(expected);
    }),
  );

  it(
    'T10 a neighbour that floods another topic of the registry delays nobody',
    marbles(({ cold, expectObservable, flush }) => {
      let flooded = 0;
      const timeline = (floods: boolean) =>
        new Observable<string>((subscriber) => {
          const topics = createTopics({ main: { codec: t.string }, noise: { codec: t.number } });
          if (floods) topics.deliver('main', { id: 'flooder', handle: () => flood(topics.topic('noise')) });
          topics.deliver('noise', { id: 'noisy', bufferSize: 100, handle: () => (flooded++, undefined) });
          topics.deliver('noise', { id: 'stuck', bufferSize: 10, overflow: 'dropOldest', handle: () => NEVER });
          topics.deliver('main', {
            id: 'healthy',
            bufferSize: 2,
            overflow: 'dropOldest',
            handle(value) {
              subscriber.next(value);
              return cold('--|');
            },
          });
          return cold('abcdefg|').subscribe(topics.topic('main'));
        });
      const flood = (noise: Topic<number>): void => {
        for (let n = 0; n < 1_000; n++) noise.next(n);
      };
      const expected = 'a-b-d-f-g';

      expectObservable(timeline(false)).toBe(expected);
      expectObservable(timeline(true)).toBe(expected);
      flush();
      expect(flooded).toBe(7_000);
    }),
  );

  it('T11 a subscriber whose handler fails is kept, closed, or parks the value, as its contract says', () => {
    const handle = (n: number): void => {
      if (n % 2 === 1) throw new Error('odd');
    };
    const topic = new Topic<number>();
    const [keep, close, park] = (['keep', 'close', 'park'] as const).map((onFailure) =>
      topic.deliver({ id: onFailure, handle, onFailure, parkSize: 2 }),
    );
    for (let n = 0; n < 8; n++) topic.next(n);

    expect(keep!.stats()).toMatchObject({ offered: 8, succeeded: 4, failed: 4 });
    expect(close!.stats()).toMatchObject({ offered: 2, succeeded: 1, failed: 1 });
    expect(park!.stats()).toMatchObject({ offered: 8, succeeded: 4, failed: 0, parked: 2, dropped: 2 });
    expect(park!.parked()).toEqual([5, 7]);
    expect(topic.deliveries().map(({ id }) => id)).toEqual(['keep', 'park']);
  });

  it('T17 no part of a message that JSON could hold can be changed by a neighbour, whatever it tries', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
        const topic = new Topic<unknown>();
        topic.deliver({ id: 'vandal', handle: vandalise });
        const seen: unknown[] = [];
        topic.deliver({ id: 'reader', handle: (message) => void seen.push(JSON.stringify(message)) });
        const before = JSON.stringify(json);
        topic.next(json);

        expect(seen).toEqual([before]);
      }),
      runs(),
    );
  });

  it('T17 what a subscriber does to a message is not seen by another', () => {
    const topic = new Topic<{ list: number[]; inner: { n: number } }>();
    const failed: string[] = [];
    topic.errors$.subscribe(({ cause }) => failed.push((cause as Error).name));
    topic.deliver({ id: 'vandal', handle: (message) => void message.list.push(4) });
    topic.deliver({ id: 'other vandal', handle: (message) => void (message.inner.n = 2) });
    const seen: unknown[] = [];
    topic.deliver({ id: 'reader', handle: (message) => void seen.push(message) });
    topic.next({ list: [1, 2, 3], inner: { n: 1 } });

    expect(seen).toEqual([{ list: [1, 2, 3], inner: { n: 1 } }]);
    expect(failed).toEqual(['TypeError', 'TypeError']);
  });
});

/** Changes every part of a value that can be changed. */
function vandalise(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    vandalise(value[key as keyof typeof value]);
    Reflect.set(value, key, 'changed');
    Reflect.deleteProperty(value, key);
  }
  Reflect.set(value, 'more', 1);
  Reflect.setPrototypeOf(value, null);
}

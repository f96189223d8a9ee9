import { context, trace } from '@opentelemetry/api';
import { firstValueFrom, lastValueFrom, map, Subject, tap, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { startTracing } from '../../../lib/adapters/otel/startTracing.ts';
import { TelemetryRunningError } from '../../../lib/adapters/otel/telemetryFailure.ts';
import { aggregatePages } from '../../../lib/core/paging/aggregatePages.ts';
import { pageTokens } from '../../../lib/core/paging/pageTokens.ts';
import { createRateLimits } from '../../../lib/core/receivers/createRateLimits.ts';
import { createReceiver } from '../../../lib/core/receivers/createReceiver.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { createWorkEngine } from '../../../lib/core/work/createWorkEngine.ts';
import { fakePageSource } from '../../../lib/testing/fakePageSource.ts';
import { fakeSealer } from '../../../lib/testing/fakeSealer.ts';
import { mergeMapBounded } from '../../../operators/mergeMapBounded.ts';
import { mergeSorted } from '../../../operators/mergeSorted.ts';
import { OptionError } from '../../../operators/errors.ts';
import { traced, traceNow } from './support/traced.ts';

/** A promise, and what settles it. */
function door(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('an item of a topic', () => {
  it('is handled within its own trace, whoever makes room for it', async () => {
    const { within, spans } = traced();
    const gate = door();
    const seen: unknown[] = [];
    const topic = new Topic<string>({ name: 'orders' });
    topic.deliver({
      id: 'metrics',
      concurrency: 1,
      handle: async (order) => {
        seen.push([order, traceNow()]);
        await gate.opened;
        seen.push([order, traceNow()]);
      },
    });

    const ids = ['a', 'b', 'c'].map((order) =>
      within(order, (span) => {
        topic.publish(order);
        return span.spanContext().traceId;
      }),
    );
    gate.open();
    await lastValueFrom(topic.close(), { defaultValue: undefined });

    expect(seen).toEqual(
      ['a', 'b', 'c'].flatMap((order, i) => [
        [order, ids[i]],
        [order, ids[i]],
      ]),
    );
    const of = (i: number) => spans().filter((span) => span.spanContext().traceId === ids[i]);
    expect(of(0).map(({ name }) => name)).toEqual(['a', 'process orders']);
    expect(of(1).map(({ name }) => name)).toEqual(['b', 'wait orders', 'process orders']);
    expect(of(2).map(({ name }) => name)).toEqual(['c', 'wait orders', 'process orders']);
    for (const [root, ...others] of [of(0), of(1), of(2)]) {
      expect(others.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(
        others.map(() => root!.spanContext().spanId),
      );
    }
  });

  it('begins a trace where it belongs to none', async () => {
    const { spans } = traced();
    const topic = new Topic<number>({ name: 'orders' });
    topic.deliver({ id: 'a', handle: () => Promise.resolve() });
    topic.deliver({ id: 'b', handle: () => undefined });
    await lastValueFrom(topic.publish(1).settled$, { defaultValue: undefined });

    const [publish, ...others] = spans();
    expect(publish?.name).toBe('publish orders');
    expect(others.map(({ name, parentSpanContext }) => [name, parentSpanContext?.spanId])).toEqual([
      ['process orders', publish?.spanContext().spanId],
      ['process orders', publish?.spanContext().spanId],
    ]);
    expect(new Set(others.map(({ attributes }) => attributes['messaging.destination.subscription.name']))).toEqual(
      new Set(['a', 'b']),
    );
  });

  it('ends where it was published: what follows from that is no part of the attempt', async () => {
    const { within } = traced();
    const topic = new Topic<number>({ name: 'orders' });
    topic.deliver({ id: 'a', handle: () => Promise.resolve() });
    const seen: unknown[] = [];
    const { id, over } = within('root', (span) => ({
      id: span.spanContext().spanId,
      over: lastValueFrom(
        topic.publish(1).settled$.pipe(tap(() => seen.push(trace.getSpanContext(context.active())?.spanId))),
      ),
    }));
    await over;
    expect(seen).toEqual([id]);
  });

  it('tells each attempt and the wait between', async () => {
    const { within, named } = traced();
    const topic = new Topic<number>({ name: 'orders' });
    topic.deliver({
      id: 'flaky',
      retry: { retries: 1, delayMs: 20 },
      handle: (_, { attempt }) => (attempt === 1 ? Promise.reject(new TypeError('secret')) : Promise.resolve()),
    });
    await within('root', () => lastValueFrom(topic.publish(1).settled$, { defaultValue: undefined }));

    const [first, second] = named('process orders');
    expect(first?.attributes).toMatchObject({ 'rxfan.attempt': 1, 'error.type': 'TypeError' });
    expect(second?.attributes).toMatchObject({ 'rxfan.attempt': 2 });
    expect(second?.attributes['error.type']).toBeUndefined();
    const [wait] = named('wait orders');
    expect(wait?.attributes).toMatchObject({ 'rxfan.attempt': 2 });
    expect(wait!.duration[1]).toBeGreaterThanOrEqual(15e6);
    expect(JSON.stringify(first?.attributes) + String(first?.status.message)).not.toContain('secret');
  });

  it('waits for its key in its own trace', async () => {
    const { within, named } = traced();
    const gate = door();
    const seen: unknown[] = [];
    const topic = new Topic<string>({ name: 'orders' });
    topic.deliver({
      id: 'keyed',
      concurrency: 4,
      partitionKey: ([key]) => key!,
      handle: async (order) => {
        seen.push([order, traceNow()]);
        if (order === 'a1') await gate.opened;
      },
    });
    const ids = ['a1', 'a2', 'b1'].map((order) =>
      within(order, (span) => {
        topic.publish(order);
        return span.spanContext().traceId;
      }),
    );
    gate.open();
    await lastValueFrom(topic.close(), { defaultValue: undefined });

    expect(seen).toEqual([
      ['a1', ids[0]],
      ['b1', ids[2]],
      ['a2', ids[1]],
    ]);
    expect(named('wait orders').map((span) => span.spanContext().traceId)).toEqual([ids[1]]);
  });

  it('says what became of it where it was dropped', () => {
    const { within, named } = traced();
    const topic = new Topic<number>({ name: 'orders' });
    topic.deliver({ id: 'slow', bufferSize: 1, overflow: 'dropOldest', handle: () => new Promise(() => {}) });
    const ids = [1, 2, 3].map((order) =>
      within('root', (span) => {
        topic.publish(order);
        return span.spanContext().traceId;
      }),
    );
    expect(named('wait orders').map((span) => [span.spanContext().traceId, span.attributes['rxfan.outcome']])).toEqual([
      [ids[1], 'dropped'],
    ]);
  });

  it('stays in its own trace when it is parked and taken back in', async () => {
    const { within } = traced();
    const seen: unknown[] = [];
    const topic = new Topic<number>({ name: 'orders' });
    const delivery = topic.deliver({
      id: 'parks',
      onFailure: 'park',
      handle: () => {
        seen.push(traceNow());
        if (seen.length === 1) throw new Error('not yet');
      },
    });
    const id = within('root', (span) => {
      topic.publish(1);
      return span.spanContext().traceId;
    });
    within('operator', () => delivery.redrive());
    await lastValueFrom(topic.close());
    expect(seen).toEqual([id, id]);
  });

  it('goes to plain observers within its trace, also when it is published by a handler', () => {
    const { within } = traced();
    const topic = new Topic<number>({ name: 'orders' });
    const seen: unknown[] = [];
    topic.subscribe((order) => seen.push([order, traceNow()]));
    let inner = '';
    topic.deliver({
      id: 'again',
      handle: (order) => {
        if (order === 1) {
          inner = within('inner', (span) => {
            topic.publish(2);
            return span.spanContext().traceId;
          });
        }
      },
    });
    const outer = within('outer', (span) => {
      topic.publish(1);
      return span.spanContext().traceId;
    });
    expect(seen).toEqual([
      [1, outer],
      [2, inner],
    ]);
  });

  it('has no more spans than it may', () => {
    const { spans } = traced({ maxSpansPerItem: 10 });
    const topic = new Topic<number>({ name: 'orders' });
    const seen = new Set<unknown>();
    for (let i = 0; i < 100; i++) topic.deliver({ id: `s${i}`, handle: () => void seen.add(traceNow()) });
    topic.publish(1);
    expect(spans()).toHaveLength(10);
    expect([...seen]).toEqual([spans()[0]?.spanContext().traceId]);
  });

  it('has names that are cut and on one line', () => {
    const { spans } = traced();
    const topic = new Topic<number>({ name: `a\nb${'x'.repeat(10_000)}` });
    topic.deliver({ id: 'y'.repeat(10_000), handle: () => undefined });
    topic.publish(1);
    const texts = spans().flatMap(({ name, attributes }) => [name, ...Object.values(attributes)]);
    for (const text of texts) {
      expect(String(text).length).toBeLessThanOrEqual(140);
      expect(String(text)).not.toContain('\n');
    }
    expect(texts.length).toBeGreaterThan(2);
  });
});

describe('mergeMapBounded', () => {
  it('projects a value that has waited in its own trace', async () => {
    const { within, named } = traced();
    const source = new Subject<string>();
    const gate = door();
    const seen: unknown[] = [];
    const all = lastValueFrom(
      source.pipe(
        mergeMapBounded(
          async (value) => {
            seen.push([value, traceNow()]);
            await gate.opened;
            return value;
          },
          { concurrency: 1, name: 'saves' },
        ),
        toArray(),
      ),
    );
    const ids = ['a', 'b', 'c'].map((value) =>
      within(value, (span) => {
        source.next(value);
        return span.spanContext().traceId;
      }),
    );
    source.complete();
    gate.open();
    expect(await all).toEqual(['a', 'b', 'c']);
    expect(seen).toEqual(['a', 'b', 'c'].map((value, i) => [value, ids[i]]));
    expect(named('wait saves').map((span) => span.spanContext().traceId)).toEqual([ids[1], ids[2]]);
  });

  it.each([
    ['dropOldest', ['a', 'c']],
    ['dropNewest', ['a', 'b']],
  ] as const)('keeps values and traces together when it drops: %s', async (overflow, expected) => {
    const { within } = traced();
    const source = new Subject<string>();
    const gate = door();
    const seen = new Map<string, unknown>();
    const all = lastValueFrom(
      source.pipe(
        mergeMapBounded(
          async (value) => {
            seen.set(value, traceNow());
            await gate.opened;
          },
          { concurrency: 1, bufferSize: 1, overflow },
        ),
        toArray(),
      ),
    );
    const ids = new Map(
      ['a', 'b', 'c'].map((value) =>
        within(value, (span) => (source.next(value), [value, span.spanContext().traceId])),
      ),
    );
    source.complete();
    gate.open();
    await all;
    expect([...seen]).toEqual(expected.map((value) => [value, ids.get(value)]));
  });
});

describe('mergeSorted', () => {
  it('emits a value where it arrived, not where the last head did', () => {
    const { within } = traced();
    const [a, b] = [new Subject<number>(), new Subject<number>()];
    const seen: unknown[] = [];
    mergeSorted([a, b], { compare: (x, y) => x - y }).subscribe((value) => seen.push([value, traceNow()]));
    const push = (source: Subject<number>, value: number) =>
      within(String(value), (span) => {
        source.next(value);
        return span.spanContext().traceId;
      });
    const ids = [push(a, 1), push(a, 3), push(a, 5), push(b, 4), push(b, 6)];
    expect(seen).toEqual([
      [1, ids[0]],
      [3, ids[1]],
      [4, ids[3]],
      [5, ids[2]],
    ]);
  });

  it('emits what is pulled where the merge was subscribed to', () => {
    const { within } = traced();
    const pushed = new Subject<number>();
    const seen: unknown[] = [];
    const subscribed = within('subscribed', (span) => {
      mergeSorted([[1, 3], pushed], { compare: (x, y) => x - y }).subscribe((value) => seen.push([value, traceNow()]));
      return span.spanContext().traceId;
    });
    const two = within('two', (span) => (pushed.next(2), span.spanContext().traceId));
    expect(seen).toEqual([
      [1, subscribed],
      [2, two],
    ]);
  });
});

describe('aggregatePages', () => {
  it('calls its sources for whoever asked', async () => {
    const { within, named } = traced();
    const callers: unknown[] = [];
    const source = (name: string, first: number) => {
      const own = fakePageSource({
        name,
        items: [first, first + 2, first + 4],
        key: (item) => item,
        latencyMs: () => 1,
      });
      const fetch: typeof own.fetch = (request) => {
        callers.push(trace.getSpanContext(context.active())?.spanId);
        return own.fetch(request);
      };
      return { name, fetch };
    };
    const aggregate = aggregatePages({
      sources: [source('even', 0), source('odd', 1)],
      key: (item: number) => item,
      tokens: pageTokens(fakeSealer()),
      pageSize: { default: 2 },
    });
    let page: Promise<unknown> = Promise.resolve();
    const id = within('asked', (span) => {
      page = firstValueFrom(aggregate.page());
      return span.spanContext().traceId;
    });
    await page;
    expect(named('fetch even').map((span) => span.spanContext().traceId)).toEqual([id]);
    expect(named('fetch odd').map((span) => span.spanContext().traceId)).toEqual([id]);
    const calls = [...named('fetch even'), ...named('fetch odd')];
    expect(new Set(callers)).toEqual(new Set(calls.map((span) => span.spanContext().spanId)));
  });
});

describe('a job', () => {
  it('runs, and its messages are handled, in the trace that it was started in', async () => {
    const { within, spans } = traced();
    const seen: unknown[] = [];
    const engine = createWorkEngine<number>({
      topics: ['sums'],
      maxRunning: 1,
      newToken: () => 'unused-token-of-a-job',
    });
    engine.attach('sums', {
      id: 'log',
      handle: (message) => {
        if (message.kind === 'message') seen.push([message.message, traceNow()]);
      },
    });
    const runs = [1, 2].map((n) =>
      within('root', (span) => ({
        id: span.spanContext().traceId,
        over: lastValueFrom(
          engine.run({
            topic: 'sums',
            token: `secret-token-number-${n}`,
            run: () => timer(1).pipe(map(() => n)),
          }),
        ),
      })),
    );
    const ids = runs.map(({ id }) => id);
    await Promise.all(runs.map(({ over }) => over));
    await engine.stop({ deadlineMs: 1_000 });
    expect(seen).toEqual([
      [1, ids[0]],
      [2, ids[1]],
    ]);
    for (const id of ids) {
      const names = spans()
        .filter((span) => span.spanContext().traceId === id)
        .map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['wait sums', 'run sums', 'process sums']));
    }
    expect(JSON.stringify(spans().map(({ name, attributes }) => [name, attributes]))).not.toContain('secret-token');
  });
});

describe('an event of a receiver', () => {
  it('is held back, waits and is sent in its own trace', async () => {
    const { within, spans } = traced();
    const seen: unknown[] = [];
    const rateLimit = createRateLimits({ default: { perSecond: 50, burst: 1, maxDelayMs: 10_000 } });
    const receiver = createReceiver<number>({ tenant: 'acme', name: 'orders', rateLimit });
    receiver.addRoute({
      id: 'billing',
      handle: async (event) => {
        await Promise.resolve();
        seen.push([event, traceNow()]);
      },
    });
    const all = [1, 2].map((event) =>
      within('root', (span) => ({
        id: span.spanContext().traceId,
        settled: lastValueFrom(receiver.next(event).settled$),
      })),
    );
    await Promise.all(all.map(({ settled }) => settled));
    await lastValueFrom(receiver.close(), { defaultValue: undefined });

    expect(seen).toEqual(all.map(({ id }, i) => [i + 1, id]));
    const names = all.map(({ id }) =>
      spans()
        .filter((span) => span.spanContext().traceId === id)
        .map(({ name }) => name),
    );
    expect(names).toEqual([
      ['root', 'process acme/orders'],
      ['root', 'wait acme/orders', 'process acme/orders'],
    ]);
  });
});

describe('startTracing', () => {
  it('records nothing after stop, also of what had begun', async () => {
    const { within, spans, tracing } = traced();
    const gate = door();
    const topic = new Topic<number>({ name: 'orders' });
    topic.deliver({ id: 'slow', handle: () => gate.opened });
    within('root', () => {
      topic.publish(1);
      topic.publish(2);
    });
    tracing.stop();
    gate.open();
    await lastValueFrom(topic.close(), { defaultValue: undefined });
    topic.complete();
    expect(spans().map(({ name }) => name)).toEqual(['root']);
  });

  it("takes what was published before for nobody's, whoever makes room for it", async () => {
    const topic = new Topic<number>({ name: 'orders' });
    const gate$ = new Subject<void>();
    const seen: unknown[] = [];
    topic.deliver({
      id: 'slow',
      handle: (order) => {
        seen.push([order, traceNow()]);
        return order === 1 ? gate$ : undefined;
      },
    });
    topic.publish(1);
    topic.publish(2);
    const { within, named } = traced();
    within('root', () => topic.publish(3));
    within('opener', () => gate$.complete());
    await lastValueFrom(topic.close());
    const [two, three] = named('process orders').map((span) => span.spanContext().traceId);
    expect(seen).toEqual([
      [1, undefined],
      [2, two],
      [3, three],
    ]);
    expect(named('root').map((span) => span.spanContext().traceId)).toEqual([three]);
    expect(named('opener').map((span) => span.spanContext().traceId)).not.toContain(two);
  });

  it('runs once at a time', () => {
    const { tracing } = traced();
    expect(() => startTracing()).toThrow(TelemetryRunningError);
    tracing.stop();
    startTracing().stop();
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses maxSpansPerItem %s', (maxSpansPerItem) => {
    expect(() => startTracing({ maxSpansPerItem })).toThrow(OptionError);
  });
});

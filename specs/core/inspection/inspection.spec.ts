import { EMPTY, NEVER, Subject } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { Enrolled } from '../../../lib/core/inspection/enrolled.ts';
import { graphOf } from '../../../lib/core/inspection/graphOf.ts';
import { explain } from '../../../lib/core/inspection/explain.ts';
import { ratesBetween } from '../../../lib/core/inspection/ratesBetween.ts';
import { snapshot } from '../../../lib/core/inspection/snapshot.ts';
import { runningInspection, startInspection } from '../../../lib/core/inspection/startInspection.ts';
import { toJson } from '../../../lib/core/inspection/toJson.ts';
import { createBudget } from '../../../lib/core/topics/budget.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { createWorkEngine } from '../../../lib/core/work/createWorkEngine.ts';
import { mergeSorted } from '../../../operators/mergeSorted.ts';
import type { Part } from '../../../operators/internal/part.ts';
import { collectGarbage } from '../../support/collectGarbage.ts';
import { manual } from '../topics/support/manual.ts';
import { useVirtualTime } from '../topics/support/virtualTime.ts';
import { useInspection } from './support/useInspection.ts';

const named = () => snapshot().nodes.map(({ kind, name }) => `${kind} ${name}`);

describe('an inspection', () => {
  it('is needed before anything can be seen', () => {
    expect(() => snapshot()).toThrow('call startInspection before');
    expect(() => explain(1)).toThrow('no inspection runs');
  });

  it('sees what is made while it runs, and nothing after it was stopped', () => {
    const before = new Topic({ name: 'before' });
    const first = startInspection();
    const during = new Topic({ name: 'during' });
    expect(named()).toEqual(['topic during']);
    first.stop();
    first.stop();

    const second = startInspection();
    expect(named()).toEqual([]);
    first.stop(); // which is not the one that runs
    const again = new Topic({ name: 'again' });
    expect(named()).toEqual(['topic again']);
    second.stop();
    expect(() => snapshot()).toThrow('no inspection runs');
    expect([before, during, again].map(({ name }) => name)).toHaveLength(3);
  });

  it('runs alone', () => {
    const inspection = startInspection();
    expect(() => startInspection()).toThrow('an inspection runs already');
    inspection.stop();
    expect(() => startInspection({ maxNodes: 0 })).toThrow('maxNodes must be');
  });
});

describe('what it keeps', () => {
  useVirtualTime();
  useInspection();

  it('is nothing of a hundred thousand topics that were completed, and merges that were left', () => {
    const live = new Topic({ name: 'live' });
    for (let n = 0; n < 100_000; n++) {
      const topic = new Topic<number>({ name: `t${n}` });
      topic.deliver({ id: 's', handle: () => undefined });
      topic.publish(n);
      topic.complete();
      mergeSorted([NEVER], { compare: () => 0 })
        .subscribe()
        .unsubscribe();
    }
    expect(runningInspection()!.enrolled.size).toBeLessThanOrEqual(1_024);
    expect(named()).toEqual(['topic live']);
    expect(runningInspection()!.enrolled.size).toBe(1);
    expect(live.name).toBe('live');
  });

  it('is nothing of jobs that have ended', () => {
    let token = 0;
    const engine = createWorkEngine({ topics: ['t'], newToken: () => String(token++), maxRetained: 0 });
    engine.attach('t', { id: 's', handle: () => undefined });
    for (let n = 0; n < 2_000; n++) {
      engine.start({ topic: 't', run: () => EMPTY });
      if (n % 1_000 === 999) vi.advanceTimersByTime(1_000);
    }
    expect(engine.ledger().jobs.succeeded).toBe(2_000);
    expect(named()).toEqual(['engine t']);
  });

  it('is no topic that nobody has any more', async () => {
    vi.useRealTimers();
    const forgotten = make();
    expect(named()).toEqual(['topic forgotten', 'subscriber forgotten/s']);
    await collectGarbage();

    expect(forgotten.deref()).toBeUndefined();
    expect(named()).toEqual([]);

    function make(): WeakRef<Topic<number>> {
      const topic = new Topic<number>({ name: 'forgotten' });
      topic.deliver({ id: 's', handle: () => NEVER });
      topic.publish(1);
      return new WeakRef(topic);
    }
  });
});

describe('a snapshot', () => {
  useVirtualTime();
  useInspection();

  it('says how a subscriber stands, and how fast it goes', () => {
    const orders = new Topic<number>({ name: 'orders' });
    const metrics = manual(orders, 'metrics', { bufferSize: 2, overflow: 'dropOldest' });
    for (const n of [1, 2, 3]) orders.publish(n);
    const before = snapshot();
    vi.advanceTimersByTime(2_000);
    for (const n of [4, 5, 6, 7]) orders.publish(n);
    metrics.open()[0]!.succeed();
    const after = snapshot();

    const [topic, subscriber] = after.nodes;
    expect(subscriber).toEqual({
      id: 2,
      kind: 'subscriber',
      name: 'orders/metrics',
      within: topic!.id,
      figures: {
        waiting: 1,
        capacity: 2,
        running: 1,
        concurrency: 1,
        blocked: 0,
        parked: 0,
        oldestAgeMs: 0,
        runningAgeMs: 0,
        highWatermark: 2,
        lowWatermark: 1,
        alertSince: before.time,
      },
      counts: { offered: 7, succeeded: 1, failed: 0, coalesced: 0, dropped: 4, refused: 0, discarded: 0, retried: 0 },
      needs: 'any',
      waits: [{ subject: 'its running attempt', how: 'is 0 ms old' }],
    });
    expect(ratesBetween(before, after).get(2)).toMatchObject({ offered: 2, succeeded: 0.5, dropped: 2 });
    expect(ratesBetween(before, after).get(topic!.id)).toEqual({ published: 2 });
  });

  it('says at which marks an alert is raised and cleared, since when one is, and whether it is paused', () => {
    const orders = new Topic<number>({ name: 'orders' });
    const metrics = manual(orders, 'metrics', { bufferSize: 10, watermarks: { high: 2, low: 0, highAgeMs: 60_000 } });
    const figures = () => snapshot().nodes[1]!.figures;
    expect(figures()).toMatchObject({ highWatermark: 2, lowWatermark: 0, highAgeMs: 60_000 });
    for (const n of [1, 2, 3]) orders.publish(n);
    expect(figures()).not.toHaveProperty('alertSince');
    vi.advanceTimersByTime(1_000);
    expect(figures()['alertSince']).toBe(snapshot().time - 1_000);
    while (metrics.open().length > 0) metrics.open()[0]!.succeed();
    vi.advanceTimersByTime(999);
    expect(figures()).toHaveProperty('alertSince');
    vi.advanceTimersByTime(1);
    expect(figures()).not.toHaveProperty('alertSince');

    expect(figures()).not.toHaveProperty('paused');
    metrics.delivery.pause();
    expect(figures()['paused']).toBe(1);
  });

  it('changes nothing: what is inspected goes the way it goes otherwise', () => {
    const run = (look: () => void) => {
      const seen: string[] = [];
      const topic = new Topic<number>();
      const handle = (n: number) => {
        seen.push(`${n}`);
        look();
        if (n < 3) topic.publish(n * 10);
      };
      topic.deliver({ id: 'a', handle, overflow: 'block', bufferSize: 1 });
      topic.deliver({ id: 'b', handle: (n) => void seen.push(`b${n}`), retry: { retries: 1 } });
      for (const n of [1, 2, 3]) topic.publish(n);
      vi.advanceTimersByTime(1_000);
      return seen;
    };
    const looked = run(() => void toJson(snapshot()));
    runningInspection()!.stop();
    expect(run(() => undefined)).toEqual(looked);
  });

  it('lists so many things at most, and counts the rest', () => {
    runningInspection()!.stop();
    const inspection = startInspection({ maxNodes: 3 });
    const topics = Array.from({ length: 5 }, (_, n) => new Topic({ name: `t${n}` }));
    topics[0]!.deliver({ id: 's', handle: () => undefined });
    const { nodes, omitted } = snapshot();
    expect(nodes.map(({ name }) => name)).toEqual(['t0', 't1', 't2']);
    expect(omitted).toBe(3);
    inspection.stop();
  });

  it('shows names from outside on one line, and cut', () => {
    const topic = new Topic<number>({ name: `a\u202e\nb${'c'.repeat(1_000)}` });
    const [node] = snapshot().nodes;
    expect(topic.name).toHaveLength(1_004);
    expect(node!.name).toMatch(/^a\\u202e\\u000abc+\.\.\.$/);
    expect(node!.name.length).toBeLessThanOrEqual(123);
  });

  it('goes on where a thing cannot be looked at', () => {
    const fails: Part = {
      kind: 'mine',
      name: 'broken',
      of: {},
      look() {
        throw new Error('no');
      },
    };
    const fine: Part = { kind: 'mine', name: 'fine', of: {}, look: () => ({ figures: { a: 1, none: Infinity } }) };
    const enrolled = new Enrolled();
    const idOf = (thing: object) => enrolled.idOf(thing);
    const { nodes } = graphOf({ parts: [fails, fine], idOf, now: 0, maxNodes: 10 });
    expect(nodes.map(({ waits, figures }) => ({ waits, figures }))).toEqual([
      { waits: [{ how: 'cannot be looked at: no' }], figures: {} },
      { waits: [], figures: { a: 1 } },
    ]);
  });

  it('names what is waited for where that was made before', () => {
    runningInspection()!.stop();
    const budget = createBudget({ size: 1, name: 'tenant' });
    const other = new Topic<number>({ name: 'other' });
    other.deliver({ id: 's', handle: () => NEVER, budget: { shared: budget } });
    other.publish(1);
    other.publish(2);
    const inspection = startInspection();
    const topic = new Topic<number>({ name: 'mine' });
    topic.deliver({ id: 's', handle: () => NEVER, budget: { shared: budget } });
    topic.publish(1);
    expect(explain({ name: 'mine/s' }).sentence).toBe(
      "subscriber 'mine/s' (0 of 1,024 waiting) finds no room in budget 'tenant'",
    );
    inspection.stop();
  });

  it('sees a source that is no Observable', () => {
    const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<number>>(() => {}) }) };
    const pushed$ = new Subject<number>();
    const merging = mergeSorted<AsyncIterable<number> | Subject<number>>([never, pushed$], {
      compare: (a, b) => a - b,
    }).subscribe();
    pushed$.next(1);
    vi.advanceTimersByTime(250);
    expect(explain({ name: 'mergeSorted' }).sentence).toBe(
      "merge 'mergeSorted' (1 waiting) waits for source 'mergeSorted/0', which has shown no value for 250 ms",
    );
    merging.unsubscribe();
  });
});

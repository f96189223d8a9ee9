import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { lastValueFrom, NEVER } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startMetrics, type MetricsOptions } from '../../../lib/adapters/otel/startMetrics.ts';
import { TelemetryRunningError } from '../../../lib/adapters/otel/telemetryFailure.ts';
import type { InspectedNode } from '../../../lib/contracts/inspection.ts';
import { InspectionOffError } from '../../../lib/contracts/inspectionFailure.ts';
import { snapshot } from '../../../lib/core/inspection/snapshot.ts';
import { startInspection } from '../../../lib/core/inspection/startInspection.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { createWorkEngine } from '../../../lib/core/work/createWorkEngine.ts';
import { OptionError } from '../../../operators/errors.ts';

/** Metrics into memory, until the test is over; `read` collects. */
function measured(options: Partial<MetricsOptions> = {}) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const telling = startMetrics({ snapshot, meterProvider, ...options });
  onTestFinished(async () => {
    telling.stop();
    await meterProvider.shutdown();
  });
  const read = async () => {
    exporter.reset();
    await meterProvider.forceFlush();
    const points = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => ({ metric: descriptor.name, attributes, value: value })),
      );
    const of = (metric: string, labels: Readonly<Record<string, string>>) =>
      points
        .filter((point) => point.metric === metric)
        .filter(({ attributes }) => Object.entries(labels).every(([name, value]) => attributes[name] === value));
    return {
      points,
      of,
      value: (metric: string, labels: Readonly<Record<string, string>>) => of(metric, labels)[0]?.value,
    };
  };
  return { telling, read };
}

function inspected(): void {
  const inspection = startInspection();
  onTestFinished(() => inspection.stop());
}

describe('startMetrics', () => {
  it('tells how a subscriber stands, and what became of its items', async () => {
    inspected();
    const { read } = measured();
    const topic = new Topic<number>({ name: 'orders' });
    topic.deliver({ id: 'slow', concurrency: 1, bufferSize: 2, overflow: 'dropNewest', handle: () => NEVER });
    topic.deliver({ id: 'quick', handle: () => undefined });
    for (let i = 0; i < 5; i++) topic.next(i);

    const { value } = await read();
    const slow = { kind: 'subscriber', name: 'orders/slow' };
    expect(value('rxfan.waiting', slow)).toBe(2);
    expect(value('rxfan.capacity', slow)).toBe(2);
    expect(value('rxfan.running', slow)).toBe(1);
    expect(value('rxfan.items', { ...slow, event: 'offered' })).toBe(5);
    expect(value('rxfan.items', { ...slow, event: 'dropped' })).toBe(2);
    expect(value('rxfan.items', { kind: 'subscriber', name: 'orders/quick', event: 'succeeded' })).toBe(5);
    expect(value('rxfan.items', { kind: 'topic', name: 'orders', event: 'published' })).toBe(5);
    expect(value('rxfan.oldest.age', slow)).toBeLessThan(60);
    topic.unsubscribe();
  });

  it('records how long attempts take, by what they failed with', async () => {
    inspected();
    const { read } = measured();
    const topic = new Topic<number>({ name: 'orders' });
    topic.deliver({
      id: 'odd',
      handle: (n) => (n % 2 === 0 ? Promise.resolve() : Promise.reject(new RangeError('no'))),
    });
    for (let i = 0; i < 4; i++) topic.next(i);
    await lastValueFrom(topic.close());

    const { of } = await read();
    const points = of('messaging.process.duration', { 'messaging.destination.subscription.name': 'odd' });
    expect(
      points.map(({ attributes, value }) => [attributes['error.type'], (value as { count: number }).count]),
    ).toEqual(
      expect.arrayContaining([
        [undefined, 2],
        ['RangeError', 2],
      ]),
    );
    expect((points[0]!.value as { buckets: { boundaries: readonly number[] } }).buckets.boundaries).toContain(7.5);
  });

  it('has no more series than it may, and loses nothing', async () => {
    inspected();
    const { read } = measured({ maxSeries: 200 });
    const topics = Array.from({ length: 100 }, (_, n) => {
      const topic = new Topic<number>({ name: `t${n}` });
      for (let i = 0; i < 99; i++) topic.deliver({ id: `s${i}`, handle: () => undefined });
      topic.next(n);
      return topic;
    });
    expect(snapshot().nodes).toHaveLength(10_000);

    const { points, of } = await read();
    const names = (metric: string) =>
      new Set(of(metric, {}).map(({ attributes }) => JSON.stringify([attributes['kind'], attributes['name']])));
    for (const metric of ['rxfan.waiting', 'rxfan.items']) expect(names(metric).size).toBeLessThanOrEqual(202);
    expect(names('rxfan.items')).toContain('["subscriber","other"]');
    const succeeded = of('rxfan.items', { kind: 'subscriber', event: 'succeeded' });
    expect(succeeded.reduce((sum, { value }) => sum + Number(value), 0)).toBe(9_900);
    const durations = of('messaging.process.duration', {});
    expect(durations.length).toBeLessThanOrEqual(201);
    expect(durations.reduce((sum, { value }) => sum + (value as { count: number }).count, 0)).toBe(9_900);
    expect(points.some(({ attributes }) => 'otel.metric.overflow' in attributes)).toBe(false);
    for (const topic of topics) topic.unsubscribe();
  });

  it('counts on when what was counted is gone', async () => {
    const node = (id: number, name: string, offered: number): InspectedNode => ({
      ...{ id, kind: 'subscriber', name, figures: { waiting: 1 }, counts: { offered }, needs: 'any', waits: [] },
    });
    let nodes = [node(1, 'a', 5), node(2, 'b', 7), node(3, 'c', 1)];
    const { read } = measured({ snapshot: () => ({ time: 0, nodes, omitted: 0 }), maxSeries: 1 });
    const other = { kind: 'subscriber', name: 'other', event: 'offered' };
    expect((await read()).value('rxfan.items', other)).toBe(8);
    nodes = [node(1, 'a', 6), node(3, 'c', 4)];
    expect((await read()).value('rxfan.items', other)).toBe(11);
    nodes = [node(3, 'c', 4)];
    const { value } = await read();
    expect(value('rxfan.items', other)).toBe(11); // it does not change over to a name of its own
    expect(value('rxfan.items', { name: 'a' })).toBe(6);
    expect(value('rxfan.waiting', { name: 'a' })).toBe(0);
  });

  it('tells jobs as those of their engine, without their tokens', async () => {
    inspected();
    const { read } = measured();
    const engine = createWorkEngine<number>({ topics: ['sums'], newToken: () => 'secret-token-of-a-job' });
    engine.attach('sums', { id: 'log', handle: () => undefined });
    engine.start({ topic: 'sums', run: () => NEVER });
    const { points, value } = await read();
    expect(value('rxfan.items', { kind: 'job', name: 'sums', event: 'messages' })).toBeGreaterThan(0);
    expect(JSON.stringify(points)).not.toContain('secret-token');
    await engine.stop({ deadlineMs: 0 });
  });

  it('tells nothing after stop', async () => {
    inspected();
    const { read, telling } = measured();
    const topic = new Topic<number>({ name: 'orders' });
    let over = () => {};
    topic.deliver({ id: 'a', handle: () => new Promise<void>((resolve) => (over = resolve)) });
    topic.next(1);
    telling.stop();
    over();
    await lastValueFrom(topic.close());
    expect((await read()).points).toEqual([]);
  });

  it('wants an inspection that runs, and runs once at a time', () => {
    expect(() => measured()).toThrow(InspectionOffError);
    inspected();
    measured();
    expect(() => startMetrics({ snapshot })).toThrow(TelemetryRunningError);
  });

  it.each([-1, 1.5, Number.NaN])('refuses maxSeries %s', (maxSeries) => {
    expect(() => startMetrics({ snapshot: () => ({ time: 0, nodes: [], omitted: 0 }), maxSeries })).toThrow(
      OptionError,
    );
  });
});

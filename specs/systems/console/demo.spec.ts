import { describe, expect, it, vi } from 'vitest';
import { explain } from '../../../lib/core/inspection/explain.ts';
import { snapshot } from '../../../lib/core/inspection/snapshot.ts';
import { createDemo, type RunningDemo } from '../../../lib/systems/console/createDemo.ts';
import { useInspection } from '../../core/inspection/support/useInspection.ts';
import { useVirtualTime } from '../../core/topics/support/virtualTime.ts';

const figuresOf = (id: string) => snapshot().nodes.find(({ name }) => name === `demo.orders/${id}`)!.figures;
const countsOf = (id: string) => snapshot().nodes.find(({ name }) => name === `demo.orders/${id}`)!.counts;
const IDS = ['billing', 'mail', 'metrics', 'archive'];

/** How each subscriber stands, every 100 ms, while something is done to the demo. */
function timelines(seconds: number, meddle: (demo: RunningDemo, ms: number) => void) {
  const failures: unknown[] = [];
  const demo = createDemo({ onError: (failure) => failures.push(failure) });
  const running = demo.run().subscribe();
  const lines = Object.fromEntries(IDS.map((id) => [id, [] as object[]]));
  for (let ms = 0; ms < seconds * 1_000; ms += 100) {
    meddle(demo, ms);
    vi.advanceTimersByTime(100);
    for (const id of IDS) lines[id]!.push({ ...figuresOf(id), ...countsOf(id) });
  }
  running.unsubscribe();
  expect(failures).toEqual([]);
  return lines as Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>;
}

/** How often an alert was raised, and cleared. */
function alertsOf(line: readonly Readonly<Record<string, number>>[]): readonly [number, number] {
  const is = line.map((figures) => figures['alertSince'] !== undefined);
  const flips = (to: boolean) => is.filter((now, i) => now === to && (is[i - 1] ?? false) !== to).length;
  return [flips(true), flips(false)];
}

describe('the demo', () => {
  useVirtualTime();
  useInspection();

  it('makes about twenty orders a second, which everybody handles as they come', () => {
    const lines = timelines(10, () => undefined);
    for (const id of IDS) {
      const last = lines[id]!.at(-1)!;
      expect(last['offered'], id).toBeGreaterThan(180);
      expect(last['offered'], id).toBeLessThanOrEqual(200);
      expect(last, id).toMatchObject({ failed: 0, dropped: 0, refused: 0, parked: 0, coalesced: 0 });
      expect(last['waiting'], id).toBeLessThanOrEqual(1);
    }
  });

  it.each([
    ['billing', 'parked'],
    ['mail', 'dropped'],
    ['metrics', 'coalesced'],
    ['archive', 'dropped'],
  ])('%s, when it is slow, raises one alert and clears it, its values %s, and the others do as ever', (slow, lost) => {
    const quiet = timelines(60, () => undefined);
    const lines = timelines(60, (demo, ms) => {
      if (ms === 2_000) demo.change({ subscribers: { [slow]: { delayMs: 5_000 } } });
      if (ms === 40_000) demo.reset();
    });
    expect(alertsOf(lines[slow]!)).toEqual([1, 1]);
    expect(Math.max(...lines[slow]!.map((figures) => figures[lost]!))).toBeGreaterThan(0);
    const capacity = lines[slow]![0]!['capacity']!;
    expect(Math.max(...lines[slow]!.map(({ waiting }) => waiting!))).toBe(capacity);
    expect(lines[slow]!.at(-1)!['waiting']).toBeLessThan(10);
    for (const other of IDS.filter((id) => id !== slow)) {
      expect(lines[other], other).toEqual(quiet[other]);
      expect(alertsOf(lines[other]!), other).toEqual([0, 0]);
    }
  });

  it('lets one fail without a word to the others', () => {
    const quiet = timelines(10, () => undefined);
    const lines = timelines(10, (demo, ms) => {
      if (ms === 2_000) demo.change({ subscribers: { mail: { throws: true }, billing: { throws: true } } });
    });
    expect(lines['mail']!.at(-1)!['failed']).toBeGreaterThan(100);
    expect(lines['billing']!.at(-1)!).toMatchObject({ parked: 100, failed: 0 });
    for (const other of ['metrics', 'archive']) expect(lines[other]).toEqual(quiet[other]);
  });

  it('pauses and resumes one', () => {
    const lines = timelines(6, (demo, ms) => {
      if (ms === 1_000) demo.change({ subscribers: { metrics: { paused: true } } });
      if (ms === 1_500) expect(demo.read().subscribers[2]).toMatchObject({ id: 'metrics', paused: true });
      if (ms === 3_000) demo.change({ subscribers: { metrics: { paused: false } } });
    });
    expect(lines['metrics']![25]).toMatchObject({ paused: 1, running: 0 });
    expect(lines['metrics']![25]!['waiting']).toBeGreaterThan(15);
    expect(lines['metrics']!.at(-1)).toMatchObject({ waiting: 0 });
    expect(lines['metrics']!.at(-1)).not.toHaveProperty('paused');
  });

  it('shows that the merge waits for a source that is stopped, holds a bounded number, and goes on', () => {
    let published = 0;
    timelines(130, (demo, ms) => {
      if (ms === 1_000) demo.change({ sources: { web: { running: false }, shop: { perSecond: 1_000 } } });
      if (ms === 120_000) {
        expect(explain({ kind: 'merge', name: 'demo.merge' }).sentence).toMatch(
          /^merge 'demo.merge' \(500 waiting\) waits for source 'demo.merge\/0', which has shown no value for \d+/,
        );
        published = countsOf('metrics')['offered']!;
        demo.reset();
      }
      if (ms === 125_000) expect(countsOf('metrics')['offered']).toBeGreaterThan(published + 500);
    });
    expect(published).toBeLessThan(40);
  });

  it('makes as many as its knobs say', () => {
    const perSecond = (rate: number) => {
      const lines = timelines(11, (demo, ms) => {
        if (ms === 0) demo.change({ sources: { web: { perSecond: rate }, shop: { perSecond: rate } } });
      });
      return (lines['mail']!.at(-1)!['offered']! - lines['mail']!.at(9)!['offered']!) / 10;
    };
    expect(perSecond(0)).toBe(0);
    expect(perSecond(0.5)).toBeCloseTo(1, 0);
    expect(perSecond(150)).toBeCloseTo(300, -1);
    expect(perSecond(1_000)).toBeCloseTo(2_000, -2);
  });

  it('leaves nothing running when it ends, whatever its handlers do', () => {
    const demo = createDemo();
    const running = demo.run().subscribe();
    demo.change({ subscribers: Object.fromEntries(IDS.map((id) => [id, { delayMs: 60_000 }])) });
    vi.advanceTimersByTime(5_000);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    running.unsubscribe();
    vi.advanceTimersByTime(2_000);
    expect(vi.getTimerCount()).toBe(0);
    expect(snapshot().nodes).toEqual([]);
  });
});

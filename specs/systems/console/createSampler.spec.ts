import { describe, expect, it, vi } from 'vitest';
import type { InspectionGraph } from '../../../lib/contracts/inspection.ts';
import { createSampler } from '../../../lib/systems/console/createSampler.ts';
import { liveEvents } from '../../../lib/systems/console/liveEvents.ts';
import type { Sample } from '../../../lib/systems/console/sample.ts';
import { useVirtualTime } from '../../core/topics/support/virtualTime.ts';
import { FIGURES } from './support/figures.ts';

/** A sampler of a program with one lane, whose snapshots take a time of their own. */
function sampler({ tookMs = 0 } = {}) {
  let clock = 0;
  const seen = { snapshots: 0, reads: 0, watches: 0, offered: 0 };
  const snapshot = (): InspectionGraph => {
    seen.snapshots++;
    clock += tookMs;
    const counts = { offered: seen.offered };
    const lane = { id: 1, kind: 'lane', name: 'l', figures: {}, counts, needs: 'any', waits: [] } as const;
    return { time: Date.now(), nodes: [lane], omitted: 0 };
  };
  const watchProcess = () => {
    seen.watches++;
    return { read: () => ({ ...FIGURES, uptimeMs: seen.reads++ }), stop: () => (seen.watches -= 1) };
  };
  return { samples$: createSampler({ snapshot, watchProcess, stopwatch: () => clock }), seen };
}

describe('the sampler', () => {
  useVirtualTime();

  it('takes five samples a second at most, once for all clients, and stops when the last one leaves', () => {
    const { samples$, seen } = sampler();
    vi.advanceTimersByTime(10_000);
    expect(seen).toMatchObject({ snapshots: 0, watches: 0 });
    const got: Sample[][] = [[], []];
    const [one, two] = got.map((samples) => samples$.subscribe((sample) => samples.push(sample)));
    vi.advanceTimersByTime(10_000);
    expect(seen).toMatchObject({ snapshots: 51, watches: 1 });
    expect(got[1]).toEqual(got[0]!.slice(1)); // who comes later gets the next one
    one!.unsubscribe();
    vi.advanceTimersByTime(200);
    expect(seen).toMatchObject({ snapshots: 52, watches: 1 });
    two!.unsubscribe();
    vi.advanceTimersByTime(10_000);
    expect(seen).toMatchObject({ snapshots: 52, watches: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('never works for more than a tenth of the time', () => {
    const { samples$, seen } = sampler({ tookMs: 100 });
    const subscription = samples$.subscribe();
    vi.advanceTimersByTime(9_000); // the clock of the host stands still while it works
    expect(seen.snapshots).toBe(11);
    subscription.unsubscribe();
  });

  it('reads the process once a second', () => {
    const { samples$, seen } = sampler();
    const subscription = samples$.subscribe();
    const before = seen.reads;
    vi.advanceTimersByTime(5_000);
    expect(seen.reads - before).toBe(5);
    subscription.unsubscribe();
  });

  it('tells rates over about one second', () => {
    const { samples$, seen } = sampler();
    let last: Sample | undefined;
    const subscription = samples$.subscribe((sample) => (last = sample));
    expect(last!.ranked[0]!.rates).toEqual({});
    vi.advanceTimersByTime(1_000);
    seen.offered += 20;
    vi.advanceTimersByTime(200);
    expect(last!.ranked[0]!.rates).toEqual({ offered: 20 });
    vi.advanceTimersByTime(800);
    expect(last!.ranked[0]!.rates).toEqual({ offered: 20 });
    vi.advanceTimersByTime(200);
    expect(last!.ranked[0]!.rates).toEqual({});
    subscription.unsubscribe();
  });

  it('fails for those who look when a snapshot fails, and begins anew for others', () => {
    const watches = { open: 0 };
    let isBroken = true;
    const samples$ = createSampler({
      snapshot: () => {
        if (isBroken) throw new Error('no');
        return { time: Date.now(), nodes: [], omitted: 0 };
      },
      watchProcess: () => {
        watches.open++;
        return { read: () => FIGURES, stop: () => (watches.open -= 1) };
      },
    });
    const failures: unknown[] = [];
    samples$.subscribe({ error: (failure: unknown) => failures.push(failure) });
    expect([failures, watches.open]).toEqual([[new Error('no')], 0]);
    isBroken = false;
    let count = 0;
    samples$.subscribe(() => count++).unsubscribe();
    expect([count, watches.open]).toEqual([1, 0]);
  });
});

describe('a client of the live stream', () => {
  useVirtualTime();

  it('gets the latest when it asks again, however long it took', async () => {
    const { samples$, seen } = sampler();
    const events = liveEvents(samples$, { kinds: new Set(), limit: 10 })[Symbol.asyncIterator]();
    const first = events.next();
    await vi.advanceTimersByTimeAsync(0);
    expect((await first).value).toMatchObject({ event: 'graph' });
    for (let n = 0; n < 100; n++) {
      seen.offered++;
      await vi.advanceTimersByTimeAsync(200);
    }
    const { value } = await events.next();
    expect(JSON.parse(value!.data)).toMatchObject({ nodes: [{ counts: { offered: 100 } }] });
    await events.return!();
    expect([seen.watches, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('is told of the process each second while nothing else changes', async () => {
    const { samples$, seen } = sampler();
    const events = liveEvents(samples$, { kinds: new Set(), limit: 10 })[Symbol.asyncIterator]();
    await events.next();
    const times: number[] = [];
    const begin = Date.now();
    const reading = (async () => {
      for (let n = 0; n < 3; n++) {
        await events.next();
        times.push(Date.now() - begin);
      }
    })();
    await vi.advanceTimersByTimeAsync(3_000);
    await reading;
    expect(times).toEqual([1_000, 2_000, 3_000]);
    await events.return!();
    expect(seen.watches).toBe(0);
  });
});

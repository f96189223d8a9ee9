import { asyncScheduler } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endBurst, justNow } from '../../../operators/internal/justNow.ts';
import { marbles } from '../../support/marbles.ts';

const MANY = 100; // of them are a burst

const burst = () => Array.from({ length: MANY }, justNow);

describe('justNow, which reads the clock', () => {
  beforeEach(() => {
    endBurst();
    vi.useFakeTimers({ now: 1_000 });
  });
  afterEach(() => {
    endBurst();
    vi.useRealTimers();
  });

  it('each time while there are few, and once in a burst', () => {
    const look = vi.spyOn(asyncScheduler, 'now');
    justNow();
    justNow();
    expect(look).toHaveBeenCalledTimes(2);

    for (let i = 0; i < 20_000; i++) expect(justNow().startedAt).toBe(1_000);
    expect(look.mock.calls.length).toBeLessThan(100);
    look.mockRestore();
  });

  it('anew after a timer, also within the code that runs', () => {
    burst();
    vi.advanceTimersByTime(500);
    expect(justNow().startedAt).toBe(1_500);
  });

  it('anew once the code that runs has returned, and leaves no timer then', async () => {
    burst();
    expect(vi.getTimerCount()).toBe(1);
    await Promise.resolve();
    expect(vi.getTimerCount()).toBe(0);

    vi.setSystemTime(2_000); // a clock that goes on without timers
    expect(justNow().startedAt).toBe(2_000);
  });

  it(
    'and it is the one of a virtual scheduler, frame by frame',
    marbles(({ cold, flush }) => {
      const seen: number[] = [];
      cold('a--b----c|').subscribe(() => seen.push(...burst().map(({ startedAt }) => startedAt)));
      flush();

      expect([...new Set(seen)]).toEqual([0, 3, 8]);
    }),
  );
});

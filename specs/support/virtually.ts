import { asyncScheduler, Subscription } from 'rxjs';
import { VirtualScheduler } from '../../lib/testing/virtualScheduler.ts';

/** Time that moves only when everything due has happened. */
export interface VirtualTime {
  /** In ms since the beginning. */
  now(): number;
  /** Does something at a time. */
  at(ms: number, work: () => void): Subscription;
  /** Does something every `everyMs`, so many times, from now on: with 0, 1, 2 … */
  times(count: number, everyMs: number, work: (index: number) => void): Subscription;
  /** How many things are going to happen. */
  timers(): number;
}

const BEGINNING = 1_000; // of a clock that has run before

/** Runs `body`, and then everything that it has set going, until nothing is left to happen. What the body gave. */
export function virtually<T>(body: (time: VirtualTime) => T): T {
  let result: T | undefined;
  const scheduler = new VirtualScheduler(() => undefined);
  const now = () => asyncScheduler.now() - BEGINNING;
  const at = (ms: number, work: () => void) => scheduler.schedule(work, ms - now());

  scheduler.run(() => {
    scheduler.schedule(() => {
      result = body({
        now,
        at,
        times(count, everyMs, work) {
          const all = new Subscription();
          const start = now();
          for (let i = 0; i < count; i++) all.add(at(start + i * everyMs, () => work(i)));
          return all;
        },
        timers: () => scheduler.actions.length,
      });
    }, BEGINNING);
  });
  return result as T;
}

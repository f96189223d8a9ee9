import { asyncScheduler, type Subscription } from 'rxjs';
import type { Began } from './turn.ts';

const MANY = 32; // beginnings in the same ms
const MOST = 1_024; // beginnings without a look at the clock

let last: Began = { startedAt: -1 };
let alike = 0; // beginnings since then
let timer: Subscription | undefined; // while there is a burst

/**
 * What begins now: one object for all that begins in the same ms. In a burst the clock is not read again until the code that
 * runs returns, for that takes a third of the time of a value that waits in line, measured. It is over with the next timer
 * too, for a virtual clock goes on while code runs.
 */
export function justNow(): Began {
  alike++;
  if (timer !== undefined && alike < MOST) return last;
  const startedAt = asyncScheduler.now();
  if (startedAt !== last.startedAt || alike === MOST) {
    last = { startedAt };
    alike = 0;
  } else if (alike === MANY) {
    timer = asyncScheduler.schedule(endBurst);
    void Promise.resolve().then(endBurst);
  }
  return last;
}

/** Lets go of the timer: the clock is read again. */
export function endBurst(): void {
  timer?.unsubscribe();
  timer = undefined;
  alike = 0;
}

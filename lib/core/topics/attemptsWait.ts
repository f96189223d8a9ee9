import { ageText, countText, theirs } from '../../../operators/internal/figureText.ts';
import { waitOf } from '../../../operators/internal/heldUp.ts';
import type { Wait } from '../../../operators/internal/part.ts';
import type { Attempt } from './attempt.ts';

const MOST = 64;

/** What a lane waits for that waits for its attempts: the first of them to end. None where nothing runs. */
export function attemptsWait<A>(attempts: readonly Attempt<A>[], now: number): readonly Wait[] {
  if (attempts.length === 0) return [];
  const some = attempts.slice(0, MOST);
  const waits = some.flatMap((attempt) => waitOf(attempt) ?? []);
  // One that waits for nobody may end at any time.
  return waits.length === some.length ? waits.map((wait) => ofAttempt(wait, attempts.length)) : [timeOf(attempts, now)];
}

/** When the first of those that run was started; undefined where none runs. */
export function runningSince<A>(attempts: readonly Attempt<A>[]): number | undefined {
  const times = attempts.flatMap(({ time }) => (time && time.retryAt === undefined ? [time.startedAt] : []));
  return times.length === 0 ? undefined : times.reduce((first, one) => Math.min(first, one));
}

function ofAttempt(wait: Wait, count: number): Wait {
  const subject = count === 1 ? 'its running attempt' : `one of its ${countText(count)} running attempts`;
  return { ...wait, subject };
}

function timeOf<A>(attempts: readonly Attempt<A>[], now: number): Wait {
  const retries = attempts.flatMap(({ time }) => (time?.retryAt === undefined ? [] : [time.retryAt]));
  const running = attempts.length - retries.length;
  if (running > 0) {
    const ageMs = now - (runningSince(attempts) ?? now);
    const how = running === 1 ? `is ${ageText(ageMs)} old` : `are up to ${ageText(ageMs)} old`;
    return { subject: theirs(running, 'running attempt'), how };
  }
  const inMs = retries.reduce((first, one) => Math.min(first, one)) - now;
  const [{ attempt }] = attempts as readonly [Attempt<A>];
  return retries.length === 1
    ? { subject: `its attempt ${countText(attempt)}`, how: `starts in ${ageText(inMs)}` }
    : { subject: theirs(retries.length, 'next attempt'), how: `start in ${ageText(inMs)} or later` };
}

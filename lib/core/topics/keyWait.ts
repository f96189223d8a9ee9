import { ageText, countText } from '../../../operators/internal/figureText.ts';
import { waitOf } from '../../../operators/internal/heldUp.ts';
import type { Wait } from '../../../operators/internal/part.ts';
import { shownText } from '../../boundary/shownText.ts';
import type { Attempt } from './attempt.ts';
import { KeyedLine } from './keyedLine.ts';
import type { Lane } from './lane.ts';
import type { Runner } from './runner.ts';

const LONGEST_KEY = 60;

/** Where there are free places, and every key that has something waiting is busy: the key with the most, and what it waits for. */
export function keyWait<A>(lane: Lane<A>, { attempts }: Runner<A>, now: number): Wait | undefined {
  const { line } = lane.room;
  const isFree = attempts.all().length < lane.concurrency;
  if (!(line instanceof KeyedLine) || !isFree || line.size === 0 || line.isReady) return undefined;
  const group = line.busy().reduce((most, one) => (one.size > most.size ? one : most));
  const attempt = attempts.all().find(({ publication }) => publication === group.running);
  const subject = `its key '${shownText(String(group.key), LONGEST_KEY)}' (${countText(group.size)} waiting)`;
  const wait = attempt && waitOf(attempt);
  if (wait) return { ...wait, subject, how: `has a running attempt that ${wait.how}` };
  return {
    subject,
    how: attempt ? `is held by attempt ${countText(attempt.attempt)}, which ${timeOf(attempt, now)}` : 'is busy',
  };
}

function timeOf<A>({ time }: Attempt<A>, now: number): string {
  if (!time) return 'runs';
  return time.retryAt === undefined
    ? `is ${ageText(now - time.startedAt)} old`
    : `starts in ${ageText(time.retryAt - now)}`;
}

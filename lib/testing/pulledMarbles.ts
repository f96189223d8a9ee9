import { asyncScheduler, firstValueFrom, Subject, takeUntil, timer } from 'rxjs';
import { parseMarbles } from './parseMarbles.ts';
import type { Permit, Permitted } from './permit.ts';
import type { Recorded } from './recorded.ts';

/** A source for `for … of` and mergeSorted that answers at once. Each reader begins anew; what they ask is written down together. */
export type PulledMarbles<T> = Iterable<T> & Permitted;

/** A source for `for await … of` and mergeSorted that takes its time. */
export type SlowPulledMarbles<T> = AsyncIterable<T> & Permitted;

type Values<T> = Readonly<Record<string, T>>;

/** One answer: what it is, and how long it takes from when it is asked for. */
interface Answer {
  readonly delayMs: number;
  readonly notification: Recorded['notification'];
}

/** A source that answers each ask with the next value of its diagram, at once: dashes would be time, which it has not. */
export function pulledMarbles<T = string>(
  marbles: string,
  values?: Values<T>,
  ...error: [error?: unknown]
): PulledMarbles<T> {
  const answers = answersOf(marbles, values, ...error);
  if (answers.some(({ delayMs }) => delayMs > 0) || answers.at(-1)?.notification.kind === 'N' || answers.length === 0) {
    throw new TypeError(
      `what is pulled in a marble test answers at once, and has an end: 'abc|' or 'ab#', not ${JSON.stringify(marbles)}; ` +
        'in a test of createFanTest it may take its time',
    );
  }
  const { permits, ask, leave } = permitLog();
  return {
    permits,
    [Symbol.iterator]() {
      let position = 0;
      return {
        next() {
          ask();
          const { notification } = answers[Math.min(position++, answers.length - 1)]!;
          return resultOf<T>(notification);
        },
        return() {
          if (position < answers.length) leave();
          position = answers.length;
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/**
 * A source that answers each ask with the next value of its diagram. The dashes before it are how long the answer takes from when it
 * is asked for: nothing happens unasked.
 */
export function slowPulledMarbles<T = string>(
  marbles: string,
  values?: Values<T>,
  ...error: [error?: unknown]
): SlowPulledMarbles<T> {
  const answers = answersOf(marbles, values, ...error);
  const { permits, ask, leave } = permitLog();
  return {
    permits,
    [Symbol.asyncIterator]() {
      const left$ = new Subject<void>();
      let isLeft = false;
      let position = 0;
      const hasLeft = () => isLeft;
      let turn: Promise<unknown> = Promise.resolve();

      const answer = async (): Promise<IteratorResult<T, undefined>> => {
        if (hasLeft()) return { done: true, value: undefined };
        const next = answers[position];
        // A diagram without an end: no answer comes until the reader leaves.
        if (next === undefined) await firstValueFrom(left$, { defaultValue: undefined });
        else if (next.delayMs > 0) {
          await firstValueFrom(timer(next.delayMs).pipe(takeUntil(left$)), { defaultValue: undefined });
        }
        if (hasLeft() || next === undefined) return { done: true, value: undefined };
        if (next.notification.kind === 'N') position++;
        return resultOf<T>(next.notification);
      };

      return {
        next() {
          ask();
          const result = turn.then(answer); // one after the other, however many are asked for
          turn = result.catch(() => undefined);
          return result;
        },
        return() {
          if (!hasLeft() && answers[position]?.notification.kind !== 'C') leave();
          isLeft = true;
          left$.next();
          return Promise.resolve({ done: true, value: undefined });
        },
      };
    },
  };
}

function permitLog() {
  const permits: Permit[] = [];
  return {
    permits,
    ask: () => void permits.push({ kind: 'asked', at: asyncScheduler.now(), count: 1 }),
    leave: () => void permits.push({ kind: 'left', at: asyncScheduler.now() }),
  };
}

function answersOf(
  marbles: string,
  values: Values<unknown> | undefined,
  ...error: [error?: unknown]
): readonly Answer[] {
  let before = -1;
  return parseMarbles(marbles, values, ...error).map(({ frame, notification }) => {
    const delayMs = Math.max(frame - before - 1, 0);
    before = frame;
    return { delayMs, notification };
  });
}

function resultOf<T>({ kind, value, error }: Recorded['notification']): IteratorResult<T, undefined> {
  if (kind === 'E') throw error;
  return kind === 'C' ? { done: true, value: undefined } : { done: false, value: value as T };
}

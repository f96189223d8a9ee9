import { TestScheduler } from 'rxjs/testing';
import type { Recorded } from './recorded.ts';

/** Reads diagrams as they are read inside `TestScheduler.run`, wherever it is: a character is a millisecond. */
class InMilliseconds extends TestScheduler {
  static override frameTimeFactor = 1;
}

/** What a diagram says. Letters stand for `values`, or for themselves where there are none; `#` stands for `error`. */
export function parseMarbles(
  marbles: string,
  values?: Readonly<Record<string, unknown>>,
  ...given: readonly [error?: unknown]
): readonly Recorded[] {
  const recorded = InMilliseconds.parseMarbles(marbles, values, undefined, false, true) as readonly Recorded[];
  // The parser takes an error that is false, empty or undefined for none.
  return recorded.map(({ frame, notification: { kind, value, error } }) => ({
    frame,
    notification: { kind, value, error: kind === 'E' && given.length > 0 ? given[0] : error },
  }));
}

/** When a diagram such as `^---!` subscribes and unsubscribes, in ms; Infinity when it does not. */
export function parseSubscription(marbles: string): { readonly from: number; readonly until: number } {
  const { subscribedFrame, unsubscribedFrame } = InMilliseconds.parseMarblesAsSubscriptions(marbles, true);
  return { from: subscribedFrame, until: unsubscribedFrame };
}

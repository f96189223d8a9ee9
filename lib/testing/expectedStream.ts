import { asyncScheduler, type Observable, Subscription } from 'rxjs';
import { at, failureOf, MarbleMismatchError, valueFailure, type AssertEqual } from './mismatch.ts';
import { parseMarbles, parseSubscription } from './parseMarbles.ts';
import type { Recorded } from './recorded.ts';
import { streamMismatch } from './streamMismatch.ts';

/** A stream that a test under virtual time expects something of. */
export interface ExpectedStream {
  toBe(marbles: string, values?: Readonly<Record<string, unknown>>, ...error: [error?: unknown]): void;
  isOver(): boolean;
  /** Throws when it went another way. */
  check(assertEqual: AssertEqual): void;
  leave(): void;
}

/** Subscribes to a stream, at once or as a diagram says, and writes down what comes, in ms from now. `site` is where. */
export function expectedStream(stream$: Observable<unknown>, subscription: string, site: Error): ExpectedStream {
  const { from, until } = parseSubscription(subscription);
  const start = asyncScheduler.now();
  const received: Recorded[] = [];
  const subscribed = new Subscription();
  let expected:
    { readonly recorded: readonly Recorded[]; readonly names: Readonly<Record<string, unknown>> } | undefined;

  const note = (kind: 'N' | 'E' | 'C', value?: unknown, error?: unknown) => {
    const frame = asyncScheduler.now() - start;
    // Who leaves at a frame sees nothing of it, whichever timer comes first.
    if (frame < until) received.push({ frame, notification: { kind, value, error } });
  };
  const subscribe = () => {
    const running = stream$.subscribe({
      next: (value) => note('N', value),
      error: (error: unknown) => note('E', undefined, error),
      complete: () => note('C'),
    });
    running.add(() => subscribed.unsubscribe());
    subscribed.add(running);
  };

  if (until < Infinity) subscribed.add(asyncScheduler.schedule(() => subscribed.unsubscribe(), until));
  if (from === 0) subscribe();
  else subscribed.add(asyncScheduler.schedule(subscribe, from));

  return {
    toBe(marbles, values, ...error) {
      expected = { recorded: parseMarbles(marbles, values, ...error), names: values ?? {} };
    },
    isOver: () => subscribed.closed,
    leave: () => subscribed.unsubscribe(),
    check(assertEqual) {
      if (expected === undefined) throw at(site, new Error('nothing is expected here: toBe is missing'));
      const { recorded, names } = expected;
      if (failureOf(() => assertEqual(received, recorded)) === undefined) return;
      const same = (a: unknown, b: unknown) => failureOf(() => assertEqual(a, b)) === undefined;
      const says = streamMismatch({ expected: recorded, received }, same, names);
      throw at(site, new MarbleMismatchError(says, { cause: valueFailure(assertEqual, received, recorded) }));
    },
  };
}

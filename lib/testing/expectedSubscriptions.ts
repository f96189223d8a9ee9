import { asyncScheduler } from 'rxjs';
import type { ColdMarbles } from './marbleSources.ts';
import { at, failureOf, MarbleMismatchError, type AssertEqual } from './mismatch.ts';
import { parseSubscription } from './parseMarbles.ts';
import { subscriptionMismatch, type Subscribed } from './subscriptionMismatch.ts';

/** Subscriptions that a test under virtual time expects of a source. */
export interface ExpectedSubscriptions {
  toBe(diagrams: string | readonly string[]): void;
  /** Whether the time of all that is expected has passed. */
  isOver(): boolean;
  /** Throws when there were others. */
  check(assertEqual: AssertEqual): void;
}

/** Expects subscriptions of a source, in ms from now. `site` is where. */
export function expectedSubscriptions(source$: ColdMarbles<unknown>, site: Error): ExpectedSubscriptions {
  const start = asyncScheduler.now();
  let expected: readonly Subscribed[] | undefined;
  return {
    toBe(diagrams) {
      expected = [diagrams].flat().map((diagram) => {
        const { from, until } = parseSubscription(diagram);
        return { subscribedFrame: from, unsubscribedFrame: until };
      });
    },
    isOver() {
      const frames = (expected ?? []).flatMap((one) => [one.subscribedFrame, one.unsubscribedFrame]);
      return asyncScheduler.now() - start > Math.max(0, ...frames.filter(Number.isFinite));
    },
    check(assertEqual) {
      if (expected === undefined) throw at(site, new Error('nothing is expected here: toBe is missing'));
      const received = source$.subscriptions.map(({ subscribedFrame, unsubscribedFrame }) => ({
        subscribedFrame: subscribedFrame - start,
        unsubscribedFrame: unsubscribedFrame - start,
      }));
      const wanted = expected;
      if (failureOf(() => assertEqual(received, wanted)) === undefined) return;
      throw at(site, new MarbleMismatchError(subscriptionMismatch({ expected: wanted, received })));
    },
  };
}

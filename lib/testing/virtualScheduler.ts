import type { SchedulerAction, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

type Work<T> = (this: SchedulerAction<T>, state?: T) => void;

/**
 * A TestScheduler that stands what timers and `asap` do to each other. In its run mode the work of one that is due may be
 * done in the turn of the other; when that work cancels the other, nothing is left for the last turn, which is an error there.
 */
export class VirtualScheduler extends TestScheduler {
  override schedule<T>(work: Work<T>, delay?: number, state?: T): Subscription {
    return super.schedule<T>(
      function (given) {
        try {
          work.call(this, given);
        } catch (thrown) {
          if (!isTurnForNothing(thrown)) throw thrown;
        }
      },
      delay,
      state,
    );
  }
}

function isTurnForNothing(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message === 'Expected a due immediate or interval';
}

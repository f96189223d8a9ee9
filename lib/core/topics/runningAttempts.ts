import { inspector } from '../../../operators/internal/inspector.ts';
import { thisTurn } from '../../../operators/internal/turn.ts';
import type { Attempt } from './attempt.ts';

/** The attempts of a subscriber that are not over, in no order. */
export class RunningAttempts<A> {
  private readonly list: Attempt<A>[] = [];
  private readonly isSeen = inspector.current !== undefined;

  all(): readonly Attempt<A>[] {
    return this.list.slice();
  }

  enter(attempt: Attempt<A>): void {
    if (attempt.place !== -1) return;
    attempt.place = this.list.push(attempt) - 1;
    if (this.isSeen) attempt.time ??= thisTurn();
  }

  /** The last one takes its place. */
  leave(attempt: Attempt<A>): void {
    const last = this.list.pop()!;
    if (last !== attempt) {
      this.list[attempt.place] = last;
      last.place = attempt.place;
    }
    attempt.place = -1;
  }
}

import { inspector } from '../../../operators/internal/inspector.ts';
import { thisTurn } from '../../../operators/internal/turn.ts';
import type { Attempt } from './attempt.ts';

/** Two callbacks for the promises of one seat, one promise at a time. */
interface Ear {
  isWaiting: boolean;
  readonly resolved: () => void;
  readonly rejected: (cause: unknown) => void;
}

/** The `then` of the language, which calls back once. */
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with a promise as its `this`
const ORDINARY = Promise.prototype.then;

/**
 * The attempts of a subscriber that are not over. Each has a seat meanwhile, and each seat callbacks that are used again when
 * their promise has settled: no subscription, and no closure, for each promise.
 */
export class RunningAttempts<A> {
  private readonly seats: (Attempt<A> | undefined)[] = [];
  private readonly free: number[] = [];
  private readonly ears: (Ear | undefined)[] = [];
  private readonly isSeen = inspector.current !== undefined;

  /** In no order. */
  all(): readonly Attempt<A>[] {
    return this.seats.filter((attempt) => attempt !== undefined);
  }

  enter(attempt: Attempt<A>): void {
    if (attempt.place !== -1) return;
    const place = this.free.pop() ?? this.seats.length;
    attempt.place = place;
    this.seats[place] = attempt;
    if (this.isSeen) attempt.time ??= thisTurn();
  }

  leave(attempt: Attempt<A>): void {
    const { place } = attempt;
    const ear = this.ears[place];
    attempt.place = -1;
    this.seats[place] = undefined;
    this.free.push(place);
    if (ear?.isWaiting) {
      ear.isWaiting = false; // it was given up: nobody hears that promise any more
      this.ears[place] = undefined;
    }
  }

  /** Lets an attempt end as a promise does; one that was given up only hears it. */
  follow(attempt: Attempt<A>, promise: Promise<unknown>): void {
    if (promise.then !== ORDINARY || attempt.place === -1) {
      followOdd(attempt, promise);
      return;
    }
    const ear = (this.ears[attempt.place] ??= this.createEar(attempt.place));
    ear.isWaiting = true;
    try {
      void ORDINARY.call(promise, ear.resolved, ear.rejected);
    } catch (thrown) {
      ear.rejected(thrown); // a class of promises of its own
    }
  }

  private createEar(place: number): Ear {
    const heard = () => {
      if (!ear.isWaiting) return undefined;
      ear.isWaiting = false;
      return this.seats[place];
    };
    const ear: Ear = {
      isWaiting: false,
      resolved: () => heard()?.succeed(),
      rejected: (cause) => heard()?.fail(cause),
    };
    return ear;
  }
}

/** With callbacks that nobody else will ever have: such a `then` may call them twice, or throw. */
function followOdd(attempt: Attempt<unknown>, promise: Promise<unknown>): void {
  try {
    promise.then(
      () => attempt.succeed(),
      (cause: unknown) => attempt.fail(cause),
    );
  } catch (thrown) {
    attempt.fail(thrown);
  }
}

import { inspector } from '../../../operators/internal/inspector.ts';

/** Handlers in a row that end at once: what the next one waits for is no longer asked, for that takes as long as it does. */
const SEEN = 100;

/** Which way the next value of a subscriber may take: worked out when something changes, and not for each value. */
export class Ways {
  /** Nothing is due when a value was handled. */
  isQuiet = false;
  /** And nothing is to be done around its handler either. */
  isShort = false;
  private readonly isStill: () => boolean;
  private readonly isSimple: boolean;
  private readonly isSeen = inspector.current !== undefined;
  private toSee = this.isSeen ? SEEN : 0; // handlers that are to end at once before none is looked at any more

  /** `isStill`: nothing waits, and nobody looks. `isSimple`: the contract asks for nothing else around a handler. */
  constructor(isStill: () => boolean, isSimple: boolean) {
    this.isStill = isStill;
    this.isSimple = isSimple;
  }

  /** To be called when an answer of `isStill` may have changed. */
  choose(): void {
    this.isQuiet = this.isStill();
    this.isShort = this.isQuiet && this.isSimple && this.toSee === 0;
  }

  /** Says that a handler has ended at once, which did not take the short way. */
  endedAtOnce(): void {
    if (this.toSee > 0) this.seeNext(this.toSee - 1);
  }

  /** Says that a handler has returned something on the short way. */
  returned(): void {
    if (this.isSeen) this.seeNext(SEEN);
  }

  private seeNext(count: number): void {
    this.toSee = count;
    this.choose();
  }
}

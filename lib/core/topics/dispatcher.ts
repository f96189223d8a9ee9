import { Fifo } from '../../../operators/internal/fifo.ts';
import { isAtWork, runFor } from '../../../operators/internal/heldUp.ts';
import { inspector } from '../../../operators/internal/inspector.ts';
import { endBurst } from '../../../operators/internal/justNow.ts';
import { Pace } from './pace.ts';
import type { Publication } from './publication.ts';

/** Offers a publication to everybody who is subscribed. */
export interface Offering<A> {
  offer(publication: Publication<A>): void;
}

/** A subscriber that may have something to start. */
export interface Startable {
  /** Whether the dispatcher has it among those that may start. */
  isInTurn: boolean;
  /** Whether it starts nothing any more. */
  readonly isEnded: boolean;
  /** Starts one value, if there is one. Whether there may be another one. */
  startNext(): boolean;
}

/**
 * The one loop that everything of a topic happens in, and of all topics of a registry. What is published or completed
 * while something goes out waits until that was offered to every subscriber, and subscribers with values waiting start one
 * each in turn. It never calls itself: any number of nested publications takes no stack.
 */
export class Dispatcher {
  /** The subscriber whose handler has been called and has not returned. */
  handling: object | undefined = undefined;
  private readonly jobs = new Fifo<() => void>();
  private readonly ready = new Fifo<Startable>();
  private readonly pace = new Pace(() => this.run());
  private readonly isSeen = inspector.current !== undefined;
  private isRunning = false;

  publish<A>(to: Offering<A>, publication: Publication<A>): void {
    if (this.isRunning) {
      this.jobs.push(() => to.offer(publication));
      return;
    }
    if (this.isSeen && isAtWork()) {
      this.publishForNobody(to, publication);
      return;
    }
    this.isRunning = true;
    try {
      to.offer(publication);
    } finally {
      this.isRunning = false;
      if (this.jobs.size > 0 || this.ready.size > 0) this.run();
    }
  }

  /** For a handler of another one, which waits for nothing in here. Not a closure of `publish`, which others would pay for. */
  private publishForNobody<A>(to: Offering<A>, publication: Publication<A>): void {
    runFor(undefined, () => this.publish(to, publication));
  }

  /** Does something now, or when all that was published before has gone out. What is published meanwhile waits. */
  enter(job: () => void): void {
    this.jobs.push(job);
    if (!this.isRunning) this.run();
  }

  /** Does something now. What it publishes, completes and enters waits until it is done. */
  hold(work: () => void): void {
    if (this.isRunning) work();
    else this.enter(work);
  }

  /** Says that a subscriber may have something to start. */
  wake(subscriber: Startable): void {
    if (subscriber.isInTurn) return;
    subscriber.isInTurn = true;
    if (this.isRunning || this.pace.isResting) this.ready.push(subscriber);
    else this.startAlone(subscriber);
  }

  /** Lets go of timers, if there is nothing to do. */
  rest(): void {
    endBurst();
    while (this.ready.peek()?.isEnded) this.ready.shift().isInTurn = false;
    if (this.ready.size === 0) this.pace.rest();
  }

  private run(): void {
    this.isRunning = true;
    this.pace.begin();
    try {
      for (;;) {
        const hasJob = this.jobs.size > 0;
        if (hasJob) this.jobs.shift()();
        if (this.ready.size > 0 && !this.pace.isOver()) this.startNext();
        else if (!hasJob) return;
      }
    } finally {
      this.isRunning = false;
    }
  }

  /** Starts one value of the only one who has some: the short way, which every handler that ends later takes. */
  private startAlone(subscriber: Startable): void {
    this.isRunning = true;
    try {
      this.startOf(subscriber);
    } finally {
      this.isRunning = false;
      if (this.jobs.size > 0 || this.ready.size > 0) this.run();
    }
  }

  private startNext(): void {
    this.startOf(this.ready.shift());
  }

  private startOf(subscriber: Startable): void {
    if (subscriber.startNext()) this.ready.push(subscriber);
    else subscriber.isInTurn = false;
  }
}

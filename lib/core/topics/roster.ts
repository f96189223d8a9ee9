import { Observable, Subject } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { listen } from '../../../operators/internal/listen.ts';
import type { Attached } from './attached.ts';

/** The subscribers of a topic, in the order they came. */
export class Roster<A> {
  private readonly byId = new Map<string, Attached<A>>(); // those that have not ended
  private readonly changes = new Subject<void>();
  /** Those that have joined; those that have ended may be among them. A list that was read stays, save that others are appended to it. */
  list: readonly Attached<A>[] = [];

  get size(): number {
    return this.byId.size;
  }

  /** Those that have not ended. */
  live(): readonly Attached<A>[] {
    return [...this.byId.values()];
  }

  /** Those that publications wait for, the one that lets the oldest wait first. */
  blocking(): readonly Attached<A>[] {
    const since = ({ lane }: Attached<A>) => lane.room.oldestSince ?? Infinity;
    return this.live()
      .filter(({ lane }) => lane.room.blocked > 0)
      .sort((a, b) => since(a) - since(b));
  }

  /** Throws OptionError when the id is taken. */
  checkFree(id: string): void {
    if (this.byId.has(id)) throw new OptionError('id', 'one that no other subscriber of the topic has', id);
  }

  /** Takes one in, to be among those that get what is published once it has joined. */
  add(attached: Attached<A>): void {
    this.byId.set(attached.id, attached);
  }

  join(attached: Attached<A>): void {
    (this.list as Attached<A>[]).push(attached);
    this.changes.next();
  }

  /** Forgets one that has ended. The list is made anew now and then: each time would take time for all the others. */
  remove(attached: Attached<A>): void {
    if (this.byId.get(attached.id) !== attached) return; // another one has its id since
    this.byId.delete(attached.id);
    if (this.byId.size * 2 < this.list.length) this.list = this.list.filter(({ isEnded }) => !isEnded);
  }

  /** Completes once there are this many. */
  whenThereAre(count: number): Observable<never> {
    return new Observable((subscriber) => {
      const look = () => {
        if (this.size >= count) subscriber.complete();
      };
      listen(this.changes, subscriber, { next: look });
      look();
    });
  }
}

import { Fifo } from '../../../operators/internal/fifo.ts';
import { KeyGroup, type Place } from './keyGroup.ts';
import type { Line } from './line.ts';
import { Linked } from './linked.ts';
import type { Publication } from './publication.ts';

const FEW = 64;

/** In order within a key, and keys in turn: one with much waiting gets no more turns than one with little. */
export class KeyedLine<A> implements Line<A> {
  size = 0;
  private readonly keyOf: (value: A) => string | number;
  private readonly bufferSizePerKey: number;
  private readonly groups = new Map<string | number, KeyGroup<A>>(); // those with something waiting or running
  private readonly turns = new Linked<KeyGroup<A>>();
  private readonly places = new Fifo<Place<A>>(); // of all keys, in the order they came; among them those that were taken since

  constructor(keyOf: (value: A) => string | number, bufferSizePerKey = Infinity) {
    this.keyOf = keyOf;
    this.bufferSizePerKey = bufferSizePerKey;
  }

  get isReady(): boolean {
    return this.turns.size > 0;
  }

  /** The keys under which something is being handled. */
  busy(): readonly Pick<KeyGroup<A>, 'key' | 'running' | 'size'>[] {
    return [...this.groups.values()].filter(({ running }) => running);
  }

  admits(publication: Publication<A>): boolean {
    if (this.turns.size > 0) return false;
    const group = this.groupOf(publication);
    if (group.running) return false;
    group.running = publication;
    return true;
  }

  isFullFor({ value }: Publication<A>): boolean {
    const key = this.keyOf(value); // a value without one is refused here, before others are compared with it
    return this.bufferSizePerKey !== Infinity && (this.groups.get(key)?.size ?? 0) >= this.bufferSizePerKey;
  }

  isSameKey(one: Publication<A>, other: Publication<A>): boolean {
    return this.keyOf(one.value) === this.keyOf(other.value);
  }

  push(publication: Publication<A>): void {
    const group = this.groupOf(publication);
    this.places.push(group.push(publication));
    this.size++;
    this.update(group);
  }

  take(): Publication<A> {
    const group = this.turns.first!.value;
    const publication = this.leave(group);
    group.running = publication;
    this.update(group);
    return publication;
  }

  release(publication: Publication<A>): void {
    const group = this.groupRunning(publication);
    if (!group) return;
    group.running = undefined;
    this.update(group);
  }

  removeOldest(like?: Publication<A>): Publication<A> {
    const group = like ? this.groupOf(like) : this.firstPlace()!.group;
    const publication = this.leave(group); // the oldest of all is the oldest of its key
    this.update(group);
    return publication;
  }

  oldest(): Publication<A> | undefined {
    return this.firstPlace()?.publication;
  }

  replaceNewest(by: (waiting: Publication<A>) => Publication<A>, like: Publication<A>): Publication<A> | undefined {
    const group = this.groups.get(this.keyOf(like.value));
    const place = group?.last;
    const replaced = place?.publication;
    if (!place || !replaced) return undefined;
    const replacement = by(replaced);
    if (place.publication !== replaced) return undefined; // `by` has closed the subscriber
    place.publication = replacement;
    return replaced;
  }

  private groupOf({ value }: Publication<A>): KeyGroup<A> {
    const key = this.keyOf(value);
    let group = this.groups.get(key);
    if (!group) {
      group = new KeyGroup(key);
      this.groups.set(key, group);
    }
    return group;
  }

  /** Its key tells, unless the value has changed since. */
  private groupRunning(publication: Publication<A>): KeyGroup<A> | undefined {
    try {
      const group = this.groups.get(this.keyOf(publication.value));
      if (group?.running === publication) return group;
    } catch {
      // it has changed so much that it has no key
    }
    return [...this.groups.values()].find(({ running }) => running === publication);
  }

  private leave(group: KeyGroup<A>): Publication<A> {
    const publication = group.shift();
    this.size--;
    if (this.places.size > this.size * 2 + FEW) this.forgetTaken();
    return publication;
  }

  private firstPlace(): Place<A> | undefined {
    while (this.places.size > 0 && !this.places.peek()!.publication) this.places.shift();
    return this.places.peek();
  }

  /** Now and then: on the whole it takes constant time for each. Behind one that is stuck, others may have been taken. */
  private forgetTaken(): void {
    if (!this.firstPlace() || this.places.size <= this.size * 2 + FEW) return;
    const waiting = this.places.toArray().filter(({ publication }) => publication);
    this.places.clear();
    for (const place of waiting) this.places.push(place);
  }

  /** Gives a group its turn, takes it away, or forgets the group, as its state says. */
  private update(group: KeyGroup<A>): void {
    const { mayStart, isInTurn } = group;
    if (mayStart !== isInTurn) {
      if (mayStart) this.turns.append(group);
      else this.turns.remove(group);
      group.isInTurn = mayStart;
    }
    if (group.isIdle) this.groups.delete(group.key);
  }
}

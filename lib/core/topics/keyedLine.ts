import type { Line } from './line.ts';
import { Linked, type Link } from './linked.ts';
import type { Publication } from './publication.ts';

/** The publications of one key. */
interface Group<A> {
  readonly key: string | number;
  /** Its places, in order: each knows the one behind it. */
  first: Place<A> | undefined;
  last: Place<A> | undefined;
  size: number;
  /** One of them is being handled. */
  isBusy: boolean;
  /** Its place among those that may start. */
  turn: Link<Group<A>> | undefined;
}

interface Place<A> extends Link<Publication<A>> {
  readonly group: Group<A>;
  behind: Place<A> | undefined;
}

/** In order within a key, and keys in turn: one with much waiting gets no more turns than one with little. */
export class KeyedLine<A> implements Line<A> {
  private readonly keyOf: (value: A) => string | number;
  private readonly bufferSizePerKey: number;
  private readonly groups = new Map<string | number, Group<A>>(); // those with something waiting or running
  private readonly places = new Linked<Publication<A>>(); // of all keys, in the order they came
  private readonly turns = new Linked<Group<A>>();
  readonly running = new Map<Publication<A>, Group<A>>();

  constructor(keyOf: (value: A) => string | number, bufferSizePerKey = Infinity) {
    this.keyOf = keyOf;
    this.bufferSizePerKey = bufferSizePerKey;
  }

  get size(): number {
    return this.places.size;
  }

  get isReady(): boolean {
    return this.turns.size > 0;
  }

  admits(publication: Publication<A>): boolean {
    if (this.turns.size > 0) return false;
    const group = this.groupOf(publication);
    if (group.isBusy) return false;
    this.start(publication, group);
    return true;
  }

  isFullFor({ value }: Publication<A>): boolean {
    const group = this.groups.get(this.keyOf(value));
    return (group?.size ?? 0) >= this.bufferSizePerKey;
  }

  isSameKey(one: Publication<A>, other: Publication<A>): boolean {
    return this.keyOf(one.value) === this.keyOf(other.value);
  }

  push(publication: Publication<A>): void {
    const group = this.groupOf(publication);
    const place: Place<A> = { value: publication, before: undefined, after: undefined, group, behind: undefined };
    this.places.append(place);
    if (group.last) group.last.behind = place;
    else group.first = place;
    group.last = place;
    group.size++;
    this.update(group);
  }

  take(): Publication<A> {
    const group = this.turns.first!.value;
    const publication = this.leave(group);
    this.start(publication, group);
    this.update(group);
    return publication;
  }

  release(publication: Publication<A>): void {
    const group = this.running.get(publication);
    if (!group) return;
    this.running.delete(publication);
    group.isBusy = false;
    this.update(group);
  }

  removeOldest(like?: Publication<A>): Publication<A> {
    const group = like ? this.groupOf(like) : (this.places.first as Place<A>).group;
    const publication = this.leave(group); // the oldest of all is the oldest of its key
    this.update(group);
    return publication;
  }

  oldest(): Publication<A> | undefined {
    return this.places.first?.value;
  }

  replaceNewest(by: (waiting: Publication<A>) => Publication<A>, like: Publication<A>): Publication<A> | undefined {
    const group = this.groups.get(this.keyOf(like.value));
    const place = group?.last;
    if (!place) return undefined;
    const replaced = place.value;
    const replacement = by(replaced);
    if (group.last !== place) return undefined; // `by` has closed the subscriber
    place.value = replacement;
    return replaced;
  }

  private groupOf({ value }: Publication<A>): Group<A> {
    const key = this.keyOf(value);
    let group = this.groups.get(key);
    if (!group) {
      group = { key, first: undefined, last: undefined, size: 0, isBusy: false, turn: undefined };
      this.groups.set(key, group);
    }
    return group;
  }

  private start(publication: Publication<A>, group: Group<A>): void {
    group.isBusy = true;
    this.running.set(publication, group);
  }

  private leave(group: Group<A>): Publication<A> {
    const place = group.first!;
    group.first = place.behind;
    if (--group.size === 0) group.last = undefined;
    this.places.remove(place);
    return place.value;
  }

  /** Gives a group its turn, takes it away, or forgets the group, as its state says. */
  private update(group: Group<A>): void {
    const mayStart = !group.isBusy && group.size > 0;
    if (mayStart) group.turn ??= this.turns.push(group);
    else if (group.turn) {
      this.turns.remove(group.turn);
      group.turn = undefined;
    }
    if (!group.isBusy && group.size === 0) this.groups.delete(group.key);
  }
}

import type { Link } from './linked.ts';
import type { Publication } from './publication.ts';

/** A publication that waits, until it is taken. */
export interface Place<A> {
  publication: Publication<A> | undefined;
  readonly group: KeyGroup<A>;
  /** The one that waits behind it under the same key. */
  behind: Place<A> | undefined;
}

/** The publications of one key, first come, first served. It is its own place among the keys that may start. */
export class KeyGroup<A> implements Link<KeyGroup<A>> {
  readonly key: string | number;
  /** The one that is being handled. */
  running: Publication<A> | undefined = undefined;
  size = 0;
  last: Place<A> | undefined = undefined;
  private first: Place<A> | undefined = undefined;
  isInTurn = false;
  readonly value: KeyGroup<A> = this;
  before: Link<KeyGroup<A>> | undefined = undefined;
  after: Link<KeyGroup<A>> | undefined = undefined;

  constructor(key: string | number) {
    this.key = key;
  }

  get mayStart(): boolean {
    return !this.running && this.size > 0;
  }

  get isIdle(): boolean {
    return !this.running && this.size === 0;
  }

  push(publication: Publication<A>): Place<A> {
    const place: Place<A> = { publication, group: this, behind: undefined };
    if (this.last) this.last.behind = place;
    else this.first = place;
    this.last = place;
    this.size++;
    return place;
  }

  /** Takes the one that waits longest; only while there is one. */
  shift(): Publication<A> {
    const place = this.first!;
    const publication = place.publication!;
    this.first = place.behind;
    place.publication = undefined;
    place.behind = undefined; // it may stand in line for a while, and is to keep nobody
    if (--this.size === 0) this.last = undefined;
    return publication;
  }
}

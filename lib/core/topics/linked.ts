/** A place in a {@link Linked} line. */
export interface Link<T> {
  value: T;
  before: Link<T> | undefined;
  after: Link<T> | undefined;
}

/** A line of values that any of them may leave, in constant time. */
export class Linked<T> {
  size = 0;
  first: Link<T> | undefined = undefined;
  private last: Link<T> | undefined = undefined;

  push(value: T): Link<T> {
    return this.append({ value, before: undefined, after: undefined });
  }

  /** Takes in a link that may know more than its value. It must not be in a line. */
  append<L extends Link<T>>(link: L): L {
    link.before = this.last;
    if (this.last) this.last.after = link;
    else this.first = link;
    this.last = link;
    this.size++;
    return link;
  }

  /** Only for a link of this line. It knows the others no more: one that is kept would keep all that came after it. */
  remove(link: Link<T>): void {
    const { before, after } = link;
    if (before) before.after = after;
    else this.first = after;
    if (after) after.before = before;
    else this.last = before;
    link.before = undefined;
    link.after = undefined;
    this.size--;
  }
}

const SMALLEST = 16;
const LARGE = 1024;

/** A line of values, first in, first out: a ring that doubles when it is full. What is taken is let go of at once. */
export class Fifo<T> {
  size = 0;
  private slots = new Array<T | undefined>(SMALLEST);
  private head = 0;

  push(value: T): void {
    if (this.size === this.slots.length) this.grow();
    this.slots[(this.head + this.size++) & (this.slots.length - 1)] = value;
  }

  /** Takes the oldest value; only while `size` is above 0. */
  shift(): T {
    const value = this.slots[this.head] as T;
    this.slots[this.head] = undefined;
    this.head = (this.head + 1) & (this.slots.length - 1);
    if (--this.size === 0 && this.slots.length > LARGE) this.clear();
    return value;
  }

  /** The oldest value, which stays. */
  peek(): T | undefined {
    return this.slots[this.head];
  }

  /** The newest value, which stays. */
  peekLast(): T | undefined {
    return this.slots[this.lastSlot()];
  }

  /** Puts another value in the place of the newest; only while `size` is above 0. */
  replaceLast(value: T): void {
    this.slots[this.lastSlot()] = value;
  }

  /** What is in line, the oldest first. */
  toArray(): T[] {
    return Array.from({ length: this.size }, (_, i) => this.slots[(this.head + i) & (this.slots.length - 1)] as T);
  }

  clear(): void {
    this.size = 0;
    this.slots = new Array<T | undefined>(SMALLEST);
    this.head = 0;
  }

  private lastSlot(): number {
    return (this.head + this.size - 1) & (this.slots.length - 1);
  }

  private grow(): void {
    const { slots, head, size } = this;
    this.slots = new Array<T | undefined>(size * 2);
    for (let i = 0; i < size; i++) this.slots[i] = slots[(head + i) & (size - 1)];
    this.head = 0;
  }
}

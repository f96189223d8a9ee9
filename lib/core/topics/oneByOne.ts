import type { Subscriber } from 'rxjs';
import { Fifo } from '../../../operators/internal/fifo.ts';

/** Emits values one after the other, also those that come while one is being taken. */
export class OneByOne<T> {
  private readonly line = new Fifo<T>();
  private readonly subscriber: Subscriber<T>;
  private isEmitting = false;

  constructor(subscriber: Subscriber<T>) {
    this.subscriber = subscriber;
  }

  push(value: T): void {
    this.line.push(value);
  }

  /** Emits what is in line. False when that is under way already: whoever takes one has called back. */
  emit(): boolean {
    if (this.isEmitting) return false;
    this.isEmitting = true;
    while (this.line.size > 0 && !this.subscriber.closed) this.subscriber.next(this.line.shift());
    this.isEmitting = false;
    return true;
  }
}

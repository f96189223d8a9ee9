import type { Step } from './carrier.ts';
import { Fifo } from './fifo.ts';
import { originsOf, type Origins } from './origins.ts';

/** Values that wait for their turn, and where they come from. */
export class WaitingLine<T> {
  private readonly values = new Fifo<T>();
  private readonly origins: Origins | undefined;

  /** `name`: of the stage that they wait at. */
  constructor(name: string) {
    const step: Step = { operation: 'wait', system: 'rxfan', destination: name };
    this.origins = originsOf(step);
  }

  get size(): number {
    return this.values.size;
  }

  push(value: T): void {
    this.values.push(value);
    this.origins?.push();
  }

  /** Takes the oldest value, which goes no further; only while `size` is above 0. */
  drop(): T {
    this.origins?.drop();
    return this.values.shift();
  }

  /** Takes the oldest value up, where it comes from; only while `size` is above 0. */
  take(start: (value: T) => void): void {
    const value = this.values.shift();
    if (this.origins) this.origins.take(() => start(value));
    else start(value);
  }

  clear(): void {
    this.values.clear();
    this.origins?.clear();
  }
}

import type { SourceFailure } from '../../contracts/sourceFailure.ts';

/** Which sources of a walk may have more to give, which have given all, and which have failed. */
export class Roster {
  /** How many sources may have more to give. */
  live: number;
  /** The sources left out, by index. */
  readonly failures = new Map<number, SourceFailure>();
  private readonly done: Uint8Array;

  constructor(count: number) {
    this.live = count;
    this.done = new Uint8Array(count);
  }

  end(source: number): void {
    this.done[source] = 1;
    this.live--;
  }

  fail(source: number, failure: SourceFailure): void {
    this.failures.set(source, failure);
    this.live--;
  }

  /** Whether a source has given all it has. */
  isDone(source: number): boolean {
    return this.done[source] === 1;
  }

  isOut(source: number): boolean {
    return this.isDone(source) || this.failures.has(source);
  }

  isExhausted(): boolean {
    return this.live === 0 && this.failures.size === 0;
  }
}

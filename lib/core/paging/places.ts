import { LaneSet } from '../../../operators/internal/laneSet.ts';
import type { Place } from './stretch.ts';

/**
 * Where the sources of a walk stand after each of its stretches. To write that down costs as much as a stretch has
 * changed, however many sources there are, and whoever wants to know all places of one works them out.
 */
export class Places<T> {
  private base: readonly Place<T>[];
  private changes: Place<T>[] = []; // since `base`, the latest last
  private changed: number[] = []; // the source of each
  private readonly moved: LaneSet;

  constructor(start: readonly Place<T>[]) {
    this.base = start;
    this.moved = new LaneSet(start.length);
  }

  /** Says that a source is no longer where it was. */
  move(source: number): void {
    this.moved.add(source);
  }

  /** The places as they are now, whenever that is asked for. `placeOf` is asked about those that moved. */
  settle(placeOf: (source: number) => Place<T>): () => readonly Place<T>[] {
    for (const source of this.moved.take()) {
      this.changed.push(source);
      this.changes.push(placeOf(source));
    }
    const { base, changes, changed } = this;
    const { length } = changes;
    const places = () => {
      const all = [...base];
      for (let i = 0; i < length; i++) all[changed[i]!] = changes[i]!;
      return all;
    };
    if (length > base.length) {
      this.base = places();
      this.changes = [];
      this.changed = [];
    }
    return places;
  }
}

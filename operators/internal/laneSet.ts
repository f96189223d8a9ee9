/** Some of the lanes of a merge, until they are taken. */
export class LaneSet {
  private readonly isIn: Uint8Array;
  private lanes: number[] = [];

  constructor(count: number) {
    this.isIn = new Uint8Array(count);
  }

  add(lane: number): void {
    if (this.isIn[lane] === 1) return;
    this.isIn[lane] = 1;
    this.lanes.push(lane);
  }

  /** All that are in, in the order they were added. None is in afterwards. */
  take(): readonly number[] {
    const { lanes } = this;
    this.lanes = [];
    for (const lane of lanes) this.isIn[lane] = 0;
    return lanes;
  }
}

import type { Lane } from './lane.ts';
import type { Order } from './order.ts';
import type { Roster } from './roster.ts';
import type { Hand } from './sourceReader.ts';

/** What a {@link LookAhead} looks at. */
export interface LookAheadOptions<T> {
  readonly lanes: readonly Lane<T>[];
  readonly order: Order<T>;
  readonly roster: Roster;
  /** How many items of the page in hand are left. */
  readonly leftOf: (lane: number, hand: Hand<T>) => number;
  /** Whether the walk stands still for some lane. */
  readonly isWaiting: () => boolean;
  /** Takes what the comparator or the key throws. */
  readonly failed: (error: unknown) => void;
}

/** Lets lanes read ahead where that is due. */
export class LookAhead<T> {
  private readonly options: LookAheadOptions<T>;
  private readonly dueAt: Float64Array; // how many items of a page in hand must be taken before its lane is asked again

  constructor(options: LookAheadOptions<T>) {
    this.options = options;
    this.dueAt = new Float64Array(options.lanes.length);
  }

  /** For a lane of whose page in hand `taken` items are taken: nearly always there is nothing to do, and that is quick. */
  after(lane: number, taken: number): void {
    if (taken >= this.dueAt[lane]!) this.of(lane);
  }

  /** For a lane of which a page has come. */
  of(lane: number): void {
    const { lanes, roster, leftOf, failed } = this.options;
    const { hand, queue } = lanes[lane]!;
    if (!hand || roster.isOut(lane)) return;
    try {
      const few = queue.lookAhead(leftOf(lane, hand), (last) => this.leads(lane, last));
      this.dueAt[lane] = few < 0 ? Infinity : hand.items.length - few;
    } catch (thrown) {
      failed(thrown);
    }
  }

  /** For the one lane that may lead: to be asked when the walk stands still. */
  ofLeader(): void {
    const { lanes, order, failed } = this.options;
    let leader = -1;
    let least: unknown;
    try {
      for (let lane = 0; lane < lanes.length; lane++) {
        const hand = this.handOf(lane);
        const end = hand && lanes[lane]!.rankOfEnd(hand);
        if (hand && (leader === -1 || order.before(end, least))) [leader, least] = [lane, end];
      }
    } catch (thrown) {
      failed(thrown);
      return;
    }
    if (leader !== -1) this.of(leader);
  }

  /** Whether the last page held of a lane is used up before any other page in hand. */
  private leads(index: number, last: Hand<T>): boolean {
    const { lanes, order, isWaiting } = this.options;
    if (!isWaiting() || last.items.length === 0) return false;
    const end = lanes[index]!.rankOfEnd(last);
    return lanes.every((lane, other) => {
      const hand = other === index ? undefined : this.handOf(other);
      return !hand || !order.before(lane.rankOfEnd(hand), end);
    });
  }

  private handOf(lane: number): Hand<T> | undefined {
    const { hand } = this.options.lanes[lane]!;
    return hand && hand.items.length > 0 && !this.options.roster.isOut(lane) ? hand : undefined;
  }
}

import type { Lane } from './lane.ts';
import type { Order } from './order.ts';
import type { PageQueue } from './pageQueue.ts';
import type { Hand } from './sourceReader.ts';

/** What {@link createLookAhead} looks at. */
export interface LookAheadOptions<T> {
  readonly lanes: readonly { readonly lane: Lane<T>; readonly queue: PageQueue<T> }[];
  readonly order: Order<T>;
  readonly isDone: (lane: number) => boolean;
  /** How many items of the page in hand are left. */
  readonly leftOf: (lane: number, hand: Hand<T>) => number;
  /** Whether the walk stands still for some lane. */
  readonly isWaiting: () => boolean;
  /** Takes what the comparator or the key throws. */
  readonly failed: (error: unknown) => void;
}

/** Lets a lane read ahead, if that is due. */
export function createLookAhead<T>(options: LookAheadOptions<T>): (lane: number) => void {
  const { lanes, order, isDone, leftOf, isWaiting, failed } = options;
  const endOf = ({ items }: Hand<T>) => order.rankOf(items.at(-1)!);

  /** Whether the last page held of a lane is used up before any other page in hand. */
  const leads = (index: number, last: Hand<T>): boolean => {
    if (!isWaiting() || last.items.length === 0) return false;
    const end = endOf(last);
    return lanes.every(({ lane }, other) => {
      const hand = lane.hand();
      if (other === index || isDone(other) || !hand || hand.items.length === 0) return true;
      return !order.before(endOf(hand), end);
    });
  };

  return (index) => {
    const { lane, queue } = lanes[index]!;
    const hand = lane.hand();
    if (!hand || isDone(index)) return;
    try {
      queue.lookAhead(leftOf(index, hand), (last) => leads(index, last));
    } catch (thrown) {
      failed(thrown);
    }
  };
}

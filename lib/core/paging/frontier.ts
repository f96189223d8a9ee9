import type { Order } from './order.ts';
import type { Frontier } from './walkState.ts';

/** Keeps the last item delivered, and tells what belongs at or before it. */
export interface FrontierKeeper<T> {
  /** Says that an item of a source was delivered. Cheap: nothing is worked out before somebody asks. */
  advance(item: T, source: number): void;
  /**
   * Whether an item of a source belongs at or before the frontier. Of equal keys those of earlier sources do; those of
   * the frontier's own source do unless `exact`, which says that it is known not to have been delivered.
   */
  isBehind(item: T, source: number, exact: boolean): boolean;
  value(): Frontier | undefined;
}

export function createFrontierKeeper<T>(order: Order<T>, from: Frontier | undefined): FrontierKeeper<T> {
  let frontier = from;
  let rank = from && order.rankOfKey(from.key);
  let latest: readonly [item: T, source: number] | undefined;

  const settle = () => {
    if (!latest) return;
    const [item, source] = latest;
    frontier = { key: order.keyOf(item), source };
    rank = order.rankOf(item);
    latest = undefined;
  };

  return {
    advance(item, source) {
      latest = [item, source];
    },
    isBehind(item, source, exact) {
      settle();
      if (!frontier) return false;
      const own = order.rankOf(item);
      if (order.before(own, rank)) return true;
      const goesBefore = source < frontier.source || (source === frontier.source && !exact);
      return goesBefore && !order.before(rank, own);
    },
    value() {
      settle();
      return frontier;
    },
  };
}

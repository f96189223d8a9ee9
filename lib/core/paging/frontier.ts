import type { Order } from './order.ts';
import type { Frontier } from './walkState.ts';

/** Keeps the last item delivered, and tells what belongs at or before it. */
export class FrontierKeeper<T> {
  private readonly order: Order<T>;
  private frontier: Frontier | undefined = undefined;
  private rank: unknown;
  private latest: T | undefined = undefined;
  private latestSource = -1; // -1 when `frontier` is up to date

  constructor(order: Order<T>, from: Frontier | undefined) {
    this.order = order;
    this.frontier = from;
    this.rank = from && order.rankOfKey(from.key);
  }

  /** Says that an item of a source was delivered. Cheap: nothing is worked out before somebody asks. */
  advance(item: T, source: number): void {
    this.latest = item;
    this.latestSource = source;
  }

  /**
   * Whether an item of a source belongs at or before the frontier. Of equal keys those of earlier sources do; those of
   * the frontier's own source do unless `exact`, which says that it is known not to have been delivered.
   */
  isBehind(item: T, source: number, exact: boolean): boolean {
    const frontier = this.value();
    if (!frontier) return false;
    const { rank, order } = this;
    const own = order.rankOf(item);
    if (order.before(own, rank)) return true;
    const goesBefore = source < frontier.source || (source === frontier.source && !exact);
    return goesBefore && !order.before(rank, own);
  }

  value(): Frontier | undefined {
    if (this.latestSource === -1) return this.frontier;
    const item = this.latest as T;
    this.frontier = { key: this.order.keyOf(item), source: this.latestSource };
    this.rank = this.order.rankOf(item);
    this.latest = undefined;
    this.latestSource = -1;
    return this.frontier;
  }
}

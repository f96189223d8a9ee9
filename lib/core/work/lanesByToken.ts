import type { Delivery } from '../../contracts/delivery.ts';
import type { JobMessage } from '../../contracts/job.ts';

/**
 * Lanes of one subscriber, of which only the first of each token may go on: what is told of a job comes after all that was
 * told of an earlier one with its token.
 */
export class LanesByToken<M> {
  private readonly lines = new Map<string, Set<Delivery<JobMessage<M>>>>();
  private readonly held = new WeakSet<Delivery<JobMessage<M>>>();

  isHeld(lane: Delivery<JobMessage<M>>): boolean {
    return this.held.has(lane);
  }

  /** Whether it may go on at once. */
  add(token: string, lane: Delivery<JobMessage<M>>): boolean {
    const line = this.lines.get(token) ?? new Set();
    if (line.size > 0) this.held.add(lane);
    this.lines.set(token, line.add(lane));
    return line.size === 1;
  }

  /** Takes out one that has ended. The one that may go on now, if there is one. */
  remove(token: string, lane: Delivery<JobMessage<M>>): Delivery<JobMessage<M>> | undefined {
    const line = this.lines.get(token);
    if (!line?.delete(lane)) return undefined;
    if (line.size === 0) this.lines.delete(token);
    const [first] = line;
    return first && this.held.delete(first) ? first : undefined;
  }
}

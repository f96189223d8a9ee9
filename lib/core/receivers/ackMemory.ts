import type { EventId } from '../../contracts/receiverIdentity.ts';
import type { AckTree } from './ackTree.ts';

/** The events that may be redelivered: those that are pending, and the last ones that were nacked. */
export class AckMemory<E> {
  private readonly mostNacked: number;
  private readonly pending = new Map<EventId, AckTree<E>>();
  private readonly nacked = new Map<EventId, AckTree<E>>(); // the one that was nacked first goes first

  constructor(mostNacked: number) {
    this.mostNacked = mostNacked;
  }

  find(id: EventId): AckTree<E> | undefined {
    return this.pending.get(id) ?? this.nacked.get(id);
  }

  begun(tree: AckTree<E>): void {
    this.nacked.delete(tree.id);
    this.pending.set(tree.id, tree);
  }

  ended(tree: AckTree<E>, kind: 'acked' | 'nacked'): void {
    if (this.pending.get(tree.id) !== tree) return;
    this.pending.delete(tree.id);
    if (kind === 'acked') return;
    this.nacked.set(tree.id, tree);
    if (this.nacked.size <= this.mostNacked) return;
    const [oldest] = this.nacked.keys();
    this.nacked.delete(oldest!);
  }
}

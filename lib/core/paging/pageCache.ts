import { asyncScheduler } from 'rxjs';
import type { Hand } from './sourceReader.ts';

/** Pages in hand, kept from one page of the merged list to the next. Bounded: the least used go first. */
export interface PageCache<T> {
  put(address: string, hand: Hand<T>): void;
  get(address: string): Hand<T> | undefined;
}

export function createPageCache<T>(maxItems: number, maxAgeMs: number): PageCache<T> {
  const hands = new Map<string, Hand<T>>(); // the least used first
  let items = 0;

  const remove = (address: string) => {
    items -= hands.get(address)?.items.length ?? 0;
    hands.delete(address);
  };

  return {
    put(address, hand) {
      remove(address);
      if (hand.items.length > maxItems) return;
      hands.set(address, hand);
      items += hand.items.length;
      for (const [oldest] of hands) {
        if (items <= maxItems && hands.size <= maxItems) break;
        remove(oldest);
      }
    },

    get(address) {
      const hand = hands.get(address);
      if (!hand) return undefined;
      hands.delete(address);
      hands.set(address, hand);
      if (asyncScheduler.now() - hand.readAt <= maxAgeMs) return hand;
      remove(address);
      return undefined;
    },
  };
}

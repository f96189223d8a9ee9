import type { Part } from '../../../operators/internal/part.ts';
import type { Bus } from './bus.ts';

/** A bus as an inspection sees it; its handlers are subscribers of the topics that are called after their messages. */
export function busPart<Transaction>(bus: Pick<Bus<Transaction>, 'service' | 'stats'>): Part {
  return {
    kind: 'bus',
    name: bus.service,
    of: bus,
    look() {
      const { running, ...counts } = bus.stats();
      return { figures: { running }, counts };
    },
  };
}

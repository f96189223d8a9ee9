import { carrier } from '../../../operators/internal/carrier.ts';
import type { Outcome } from '../../contracts/delivery.ts';
import type { Publication } from './publication.ts';

/** Says of a value that has waited, and goes no further at a subscriber, what became of it there. */
export function notTakenUp<A>(publication: Publication<A>, subscriber: string, outcome: Outcome): void {
  const { waits, by } = publication;
  const { topic: destination, carried } = by;
  if (!waits || outcome === 'parked') return; // what is parked was handled, or never waited
  carrier.current?.waited(
    { operation: 'wait', system: 'rxfan', destination, subscriber, outcome },
    carried,
    waits.startedAt,
  );
}

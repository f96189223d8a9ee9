import { switchWork } from '../../../operators/internal/heldUp.ts';
import { inspector } from '../../../operators/internal/inspector.ts';
import type { DeliveryContract } from '../../contracts/delivery.ts';

/** A handler that, while there is an inspection, runs for its attempt: what it waits for is then known. */
export function asWork<A>(handle: DeliveryContract<A>['handle']): DeliveryContract<A>['handle'] {
  if (!inspector.current) return handle;
  // Without a closure per value.
  return (value, attempt) => {
    const before = switchWork(attempt);
    try {
      return handle(value, attempt);
    } finally {
      switchWork(before);
    }
  };
}

import { runFor } from '../../../operators/internal/heldUp.ts';
import { inspector } from '../../../operators/internal/inspector.ts';
import type { DeliveryContract } from '../../contracts/delivery.ts';

/** A handler that, while there is an inspection, runs for its attempt: what it waits for is then known. */
export function asWork<A>(handle: DeliveryContract<A>['handle']): DeliveryContract<A>['handle'] {
  if (!inspector.current) return handle;
  return (value, attempt) => runFor(attempt, () => handle(value, attempt));
}

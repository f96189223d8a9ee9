import { switchWork } from '../../../operators/internal/heldUp.ts';
import type { Handled } from '../../contracts/handled.ts';
import type { Attempt } from './attempt.ts';
import { callHandler } from './callHandler.ts';
import type { Terms } from './terms.ts';

/** As `callHandler`, so that an inspection knows for which attempt it runs: what it subscribes to is what that waits for. */
export function callSeen<A>(terms: Terms<A>, attempt: Attempt<A>): Handled {
  const before = switchWork(attempt);
  try {
    return callHandler(terms, attempt);
  } finally {
    switchWork(before);
  }
}

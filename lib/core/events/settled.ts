import { mergeMap, toArray, type Observable } from 'rxjs';
import type { Receipt, Settlement } from '../../contracts/delivery.ts';
import { GivenUpError } from './givenUpError.ts';

/** A handler that did not settle a message well, and why. */
export interface Failed {
  readonly handler: string;
  /** Whether it was called at all. */
  readonly isRun: boolean;
  readonly cause: unknown;
}

const WELL: ReadonlySet<Settlement['outcome']> = new Set(['succeeded', 'coalesced', 'dropped']);

/** Emits those that failed, once all have settled. */
export function settled({ settled$ }: Receipt): Observable<readonly Failed[]> {
  return settled$.pipe(
    mergeMap((settlement) => (WELL.has(settlement.outcome) ? [] : [failedOf(settlement)])),
    toArray(),
  );
}

function failedOf({ subscriber, outcome, error }: Settlement): Failed {
  const cause = error ? error.cause : new GivenUpError();
  return { handler: subscriber, isRun: outcome === 'failed' && !(cause instanceof GivenUpError), cause };
}

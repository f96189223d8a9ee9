import { throwError } from 'rxjs';
import type { Handled } from '../../contracts/handled.ts';
import type { Attempt } from './attempt.ts';
import type { Terms } from './terms.ts';

/** What a handler returns; where it throws, something that fails with that. */
export function callHandler<A>({ handle }: Terms<A>, attempt: Attempt<A>): Handled {
  try {
    return handle(attempt.publication.value, attempt);
  } catch (thrown) {
    return throwError(() => thrown);
  }
}

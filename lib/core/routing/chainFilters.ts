import { defer } from 'rxjs';
import type { Filter, Next } from './filter.ts';

/**
 * Makes one step of a line of filters and what comes after the last one. What a filter throws is an error of its event.
 *
 * @example
 * const deliver = chainFilters([matchFilter({ path: 'kind', equals: 'order' }), dedupFilter()], (event) => sender.send(event));
 */
export function chainFilters<E>(filters: readonly Filter<E>[], send: Next<E>): Next<E> {
  return filters.reduceRight<Next<E>>(
    (next, filter) => (event) => defer(() => filter(event, next)),
    (event) => defer(() => send(event)),
  );
}

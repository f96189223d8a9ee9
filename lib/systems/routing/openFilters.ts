import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import { batchFilter } from '../../core/routing/batchFilter.ts';
import { dedupFilter } from '../../core/routing/dedupFilter.ts';
import type { Filter } from '../../core/routing/filter.ts';
import { matchFilter } from '../../core/routing/matchFilter.ts';
import { splitFilter } from '../../core/routing/splitFilter.ts';
import { transformFilter } from '../../core/routing/transformFilter.ts';
import type { FilterSpec } from './routingSpec.ts';

/** The filters that a route describes. */
export function openFilters(specs: readonly FilterSpec[]): readonly Filter<RoutedEvent>[] {
  const batchSize = batchSizeOf(specs) ?? 1;
  return specs.map((spec) => {
    if ('match' in spec) return matchFilter(spec.match);
    if ('transform' in spec) return transformFilter(spec.transform);
    if ('dedup' in spec) return dedupFilter(spec.dedup);
    if ('batch' in spec) return batchFilter(spec.batch);
    return splitFilter({ concurrency: Math.max(16, batchSize), ...spec.split }); // a batch is filled by its parts
  });
}

/** How many events a route collects before it sends them; undefined where it collects none. */
export function batchSizeOf(specs: readonly FilterSpec[] = []): number | undefined {
  const batch = specs.find((spec) => 'batch' in spec);
  return batch?.batch.size;
}

/** What a filter is called in lists. */
export function filterName(spec: FilterSpec): string {
  return Object.keys(spec).join();
}

import type { Source } from './api.ts';

/** A colour for each source, as an angle: evenly around the circle, so that neighbours differ. */
export function huesOf(sources: readonly Source[]): ReadonlyMap<string, number> {
  return new Map(sources.map(({ name }, i) => [name, Math.round(210 + (i * 360) / sources.length) % 360]));
}

import { canonicalJson } from '../../boundary/canonicalJson.ts';
import type { InspectionGraph } from '../../contracts/inspection.ts';

/** A graph as JSON: the same graph gives the same text. */
export function toJson(graph: InspectionGraph): string {
  return canonicalJson(graph);
}

import { asyncScheduler } from 'rxjs';
import type { InspectionGraph } from '../../contracts/inspection.ts';
import { InspectionOffError } from '../../contracts/inspectionFailure.ts';
import { graphOf } from './graphOf.ts';
import { runningInspection } from './startInspection.ts';

/**
 * How everything stands that was made since the inspection was started, as plain data: who is there, what each holds, and
 * what it waits for. Throws InspectionOffError while none runs.
 *
 * @example
 * const { nodes } = snapshot();
 * const full = nodes.filter(({ figures: { waiting = 0, capacity = Infinity } }) => waiting >= capacity);
 */
export function snapshot(): InspectionGraph {
  const running = runningInspection();
  if (!running) throw new InspectionOffError();
  const { enrolled, maxNodes } = running;
  return graphOf({
    parts: enrolled.parts(),
    idOf: (thing) => enrolled.idOf(thing),
    now: asyncScheduler.now(),
    maxNodes,
  });
}

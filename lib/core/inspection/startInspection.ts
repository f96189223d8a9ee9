import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { inspector } from '../../../operators/internal/inspector.ts';
import { endTurn } from '../../../operators/internal/turn.ts';
import { InspectionRunningError } from '../../contracts/inspectionFailure.ts';
import { Enrolled } from './enrolled.ts';

/** How much an inspection shows at most. */
export interface InspectionOptions {
  /** Most things that a snapshot lists; what is beyond is counted. Default: 10 000. */
  readonly maxNodes?: number | undefined;
}

/** An inspection that runs. */
export interface Inspection {
  /** Ends it: nothing is seen any more, and nothing of it is kept. */
  stop(): void;
}

/** What {@link startInspection} has begun. */
export class RunningInspection implements Inspection {
  readonly enrolled = new Enrolled();
  readonly maxNodes: number;

  constructor(maxNodes: number) {
    this.maxNodes = maxNodes;
  }

  stop(): void {
    this.enrolled.clear();
    if (inspector.current === this.enrolled) inspector.current = undefined;
    if (running === this) running = undefined;
  }
}

let running: RunningInspection | undefined;

/** The one that runs, if one does. @internal */
export function runningInspection(): RunningInspection | undefined {
  return running;
}

/**
 * Begins to see topics, receivers, engines, merges, transports and whatever else is made from now on: `snapshot` tells how
 * they stand, and `explain` who holds up whom.
 *
 * Things are asked when somebody looks; meanwhile it is noted only which handler runs, and in which turn it began. One
 * inspection runs at a time; while none does, it costs one look when a thing is made. Throws OptionError, and InspectionRunningError while another runs.
 *
 * @example
 * const inspection = startInspection();
 * const topic = new Topic<Order>({ name: 'orders' });
 * topic.deliver({ id: 'metrics', handle: (order) => metrics.add(order), overflow: 'block' });
 * console.log(explain({ kind: 'topic', name: 'orders' }).sentence);
 * inspection.stop();
 */
export function startInspection({ maxNodes = 10_000 }: InspectionOptions = {}): Inspection {
  checkInteger('maxNodes', maxNodes, 1);
  if (running) throw new InspectionRunningError();
  endTurn();
  running = new RunningInspection(maxNodes);
  inspector.current = running.enrolled;
  return running;
}

import { carrier, type Carried, type Carrier } from '../../../operators/internal/carrier.ts';
import type { Stopwatch } from './stopwatch.ts';

let tracing: Carrier | undefined;
let stopwatch: Stopwatch | undefined;

/** Who follows items; undefined: nobody does any more. */
export function setTracing(by: Carrier | undefined): void {
  tracing = by;
  look();
}

/** Who takes the time of what handlers do. */
export function setStopwatch(by: Stopwatch | undefined): void {
  stopwatch = by;
  look();
}

export function isTracing(): boolean {
  return tracing !== undefined;
}

export function isTaken(): boolean {
  return stopwatch !== undefined;
}

/** The core has one slot: both look through it where there are both. */
function look(): void {
  carrier.current = stopwatch ? timed(tracing ?? NOBODY, stopwatch) : tracing;
}

/** Follows items as `by` does, and takes the time. */
function timed(by: Carrier, watch: Stopwatch): Carrier {
  return {
    enter: (step) => by.enter(step),
    from: (headers, how) => by.from(headers, how),
    headers: (carried, how) => by.headers(carried, how),
    run: (carried, work) => by.run(carried, work),
    waited: (step, carried, since) => by.waited(step, carried, since),
    begin(step, carried) {
      const stretch = by.begin(step, carried);
      const stop = watch.start(step);
      if (!stop) return stretch;
      return {
        carried: stretch.carried,
        end(how) {
          stop(how);
          stretch.end(how);
        },
      };
    },
  };
}

const NOTHING: Carried = { carried: true };

/** Follows nothing. */
const NOBODY: Carrier = {
  enter: () => undefined,
  from: () => NOTHING,
  headers: () => undefined,
  run: (_, work) => work(),
  waited: () => undefined,
  begin: (_, carried = NOTHING) => ({ carried, end: () => undefined }),
};

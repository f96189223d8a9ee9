import { carrier, runCarried, type Carried, type Step } from './carrier.ts';
import { Fifo } from './fifo.ts';

/** Where the values of a line come from: in the same order, and as many as there are. */
export class Origins {
  private readonly line = new Fifo<Carried | undefined>();
  private readonly step: Step | undefined;

  /** `step` tells how long a value has waited when it is taken up. */
  constructor(step?: Step) {
    this.step = step;
  }

  /** A value enters. */
  push(): void {
    this.line.push(carrier.current?.enter());
  }

  /** The oldest one leaves, and goes no further. */
  drop(): void {
    this.line.shift();
  }

  /** The oldest one leaves: what is done with it is done where it comes from. */
  take<R>(work: () => R): R {
    const carried = this.line.shift();
    if (this.step) carrier.current?.waited(this.step, carried);
    return runCarried(carried, work);
  }

  clear(): void {
    this.line.clear();
  }
}

/** Those of a line that is made now; undefined where nobody follows what enters it. */
export function originsOf(step?: Step): Origins | undefined {
  return carrier.current?.enter() && new Origins(step);
}

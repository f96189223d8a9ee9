import type { Step, StepEnd } from '../../../operators/internal/carrier.ts';

/** Takes the time of steps. */
export interface Stopwatch {
  /** What is to be called at the end; undefined where the time of such a step is not taken. */
  start(step: Step): ((how?: StepEnd) => void) | undefined;
}

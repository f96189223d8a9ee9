import { carrier, runCarried, type Step, type Stretch } from '../../../operators/internal/carrier.ts';

/** A job on its way: its wait for a place, and its run. */
export interface JobTrace {
  /** Runs it where it was accepted. */
  start(run: () => void): void;
  /** Says that it has ended, and why it has not succeeded, if so. */
  end(failure: unknown): void;
}

/** How a job of this topic is followed; undefined where nobody does. Its token is nobody's business. */
export function traceOfJob(topic: string): JobTrace | undefined {
  const { current } = carrier;
  if (!current) return undefined;
  const step: Omit<Step, 'operation'> = { system: 'rxfan', destination: topic };
  const origin = current.enter({ ...step, operation: 'publish' });
  let stretch: Stretch | undefined;
  return {
    start(run) {
      carrier.current?.waited({ ...step, operation: 'wait' }, origin);
      stretch = carrier.current?.begin({ ...step, operation: 'run' }, origin);
      runCarried(stretch?.carried, run);
    },
    end: (failure) => stretch?.end({ failure }),
  };
}

import { carrier, type Step } from '../../../operators/internal/carrier.ts';
import type { Attempt } from './attempt.ts';

/** Starts an attempt where its value comes from, and says how long that has waited, if it has. */
export function startCarried<A>(
  attempt: Attempt<A>,
  { subscriber, waitsSince }: { readonly subscriber: string; readonly waitsSince: number },
  start: () => boolean,
): boolean {
  const by = carrier.current;
  if (!by) return start();
  const { publication, topic: destination } = attempt;
  const step: Omit<Step, 'operation'> = { system: 'rxfan', destination, subscriber, attempt: attempt.attempt };
  if (waitsSince >= 0) by.waited({ ...step, operation: 'wait' }, publication.carried, waitsSince);
  attempt.stretch = by.begin({ ...step, operation: 'process' }, publication.carried);
  return by.run(attempt.stretch.carried, start);
}

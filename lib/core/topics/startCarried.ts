import { carrier, type Step } from '../../../operators/internal/carrier.ts';
import type { Began } from '../../../operators/internal/turn.ts';
import type { Attempt } from './attempt.ts';

/** Who begins an attempt. */
interface Beginner<A> {
  readonly terms: { readonly id: string };
  begin(attempt: Attempt<A>): boolean;
}

/** Begins an attempt where its value comes from, and says how long that has waited, if it has. */
export function startCarried<A>(runner: Beginner<A>, attempt: Attempt<A>, waits: Began | undefined): boolean {
  const tracing = carrier.current;
  if (!tracing) return runner.begin(attempt);
  const { publication, topic: destination } = attempt;
  const origin = publication.by.carried ?? tracing.from({}); // that of whoever made room is none of its own
  const subscriber = runner.terms.id;
  const step: Omit<Step, 'operation'> = { system: 'rxfan', destination, subscriber, attempt: attempt.attempt };
  if (waits) tracing.waited({ ...step, operation: 'wait' }, origin, waits.startedAt);
  const stretch = tracing.begin({ ...step, operation: 'process' }, origin);
  attempt.stretch = stretch;
  return tracing.run(stretch.carried, () => runner.begin(attempt));
}

import type { Look, Part, Wait } from '../../../operators/internal/part.ts';
import type { Attached } from './attached.ts';
import { attemptsWait, runningSince } from './attemptsWait.ts';
import type { SharedBudget } from './budget.ts';
import { keyWait } from './keyWait.ts';

/** A subscriber under contract as an inspection sees it: what waits in its lane, and for what. */
export function subscriberPart<A>(attached: Attached<A>, kind: string, where = attached.host.topic): Part {
  return { kind, name: `${where}/${attached.id}`, of: attached, look: (now) => lookAt(attached, now) };
}

function lookAt<A>(attached: Attached<A>, now: number): Look {
  const stats = attached.stats();
  const { waiting, running, concurrency, blocked, parked, oldestAgeMs, paused } = stats;
  const { offered, succeeded, failed, coalesced, dropped, refused, discarded, retried } = stats;
  const { bufferSize: capacity, budget, watermarks } = attached.terms;
  const { lane, runner, congestion } = attached;
  const attempts = runner.attempts.all();
  const startedAt = runningSince(attempts);
  const runningAgeMs = startedAt === undefined ? undefined : now - startedAt;
  const kept = budget ? Math.max(0, waiting - budget.guaranteed) : 0;
  const budgets = budget && kept > 0 ? chainOf(budget.shared) : [];
  return {
    figures: {
      waiting,
      capacity,
      running,
      concurrency,
      blocked,
      parked,
      oldestAgeMs,
      runningAgeMs,
      highWatermark: watermarks.high,
      lowWatermark: watermarks.low,
      highAgeMs: watermarks.highAgeMs,
      alertSince: congestion.raisedSince,
      paused: paused ? 1 : undefined,
    },
    counts: { offered, succeeded, failed, coalesced, dropped, refused, discarded, retried },
    needs: 'any',
    holds: budgets.map((on) => ({ on, amount: kept })),
    waits: paused
      ? [{ how: 'is paused' }]
      : [budgetWait(attached, kept) ?? keyWait(lane, runner, now) ?? attemptsWait(attempts, now)].flat(),
  };
}

/** Where it has room of its own, and others have used up what it shares with them. */
function budgetWait<A>({ terms, lane }: Attached<A>, kept: number): Wait | undefined {
  const { budget, bufferSize } = terms;
  if (!budget || lane.room.waiting >= bufferSize || lane.room.waiting < budget.guaranteed) return undefined;
  const full = chainOf(budget.shared).find(({ used, size }) => used >= size);
  // What it has used up itself is its own affair.
  if (!full || kept * 2 > full.used) return undefined;
  return { how: 'finds no room in', on: full, called: `budget '${full.name}'` };
}

/** A budget, and those that it is a part of. */
function chainOf(budget: SharedBudget): readonly SharedBudget[] {
  return budget.within ? [budget, ...chainOf(budget.within)] : [budget];
}

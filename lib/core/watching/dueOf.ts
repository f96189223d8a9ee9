import { asyncScheduler } from 'rxjs';
import type { Notifier } from '../../contracts/notifier.ts';
import type { CycleTally } from './cycleTally.ts';
import type { Depths } from './managers.ts';
import type { Entry } from './registryIndex.ts';
import type { Resting } from './resting.ts';
import type { Telling } from './telling.ts';

/** The notifications that are due at these depths. Why the others are not is counted. */
export function dueOf(
  entries: readonly Entry[],
  depths: Depths,
  tally: CycleTally,
  { settings, resting }: { readonly settings: { readonly notifiers: readonly Notifier[] }; readonly resting: Resting },
): readonly Telling[] {
  const seenTime = asyncScheduler.now();
  const due: Telling[] = [];
  for (const entry of entries) {
    const { queue, minDepth = 1, notify, failures } = entry.registration;
    const depth = depths.get(queue) ?? 0;
    const address = depth >= minDepth && !resting.isResting(entry) ? addressOf(notify, settings.notifiers) : undefined;
    if (!(depth >= minDepth)) tally.untold('shallow');
    else if (resting.isResting(entry)) tally.untold('resting');
    else if (!address) tally.untold('unaddressed');
    else due.push({ entry, ...address, isSuspect: failures > 0, depth, seenTime, tally, attempts: 0, failures: 0 });
  }
  return due;
}

function addressOf(target: string, notifiers: readonly Notifier[]): Pick<Telling, 'notifier' | 'bulkhead'> | undefined {
  for (const notifier of notifiers) {
    const bulkhead = notifier.bulkheadOf(target);
    if (bulkhead !== undefined) return { notifier, bulkhead: `${notifier.name} ${bulkhead}` };
  }
  return undefined;
}

import type { DeliveryStats } from '../../contracts/delivery.ts';

/** The account of several lanes together, of which `paused` is left to whoever has them. */
export function sumOfStats(all: readonly DeliveryStats[]): DeliveryStats {
  const sum = (field: Exclude<keyof DeliveryStats, 'paused'>) =>
    all.reduce((total, { [field]: value }) => total + value, 0);
  return {
    offered: sum('offered'),
    succeeded: sum('succeeded'),
    failed: sum('failed'),
    coalesced: sum('coalesced'),
    dropped: sum('dropped'),
    parked: sum('parked'),
    refused: sum('refused'),
    discarded: sum('discarded'),
    blocked: sum('blocked'),
    waiting: sum('waiting'),
    running: sum('running'),
    retried: sum('retried'),
    concurrency: sum('concurrency'),
    paused: false,
    oldestAgeMs: Math.max(0, ...all.map(({ oldestAgeMs }) => oldestAgeMs)),
  };
}

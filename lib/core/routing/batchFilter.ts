import { finalize, merge, mergeMap, Observable, share, Subject, take, timer } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { listen } from '../../../operators/internal/listen.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Filter, Next } from './filter.ts';

/** When {@link batchFilter} hands on what it has collected. */
export interface BatchOptions {
  /** Most events of one batch: with so many it goes on at once. */
  readonly size: number;
  /** How long a batch may wait for more, in ms from its first event. Default: 1 000. */
  readonly flushMs?: number | undefined;
}

interface Batch {
  /** One entry for each time an event has joined: the same event may join twice. */
  readonly members: Set<{ readonly event: RoutedEvent }>;
  readonly full$: Subject<void>;
  /** The end of the batch, shared by its members. */
  readonly delivery$: Observable<never>;
}

/** The longest time that a timer can wait. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Collects events, and hands them on as one: its payload is the list of theirs, its id made of that of the first and of
 * the last. Each of them is delivered when the batch is, and fails when it fails. One that is given up before the batch
 * goes on is left out; one that is given up later changes nothing for the others, and the batch is given up with its last
 * event. Events of different tenants are never in one batch.
 *
 * Events wait here, so whatever hands them on must let `size` of them be on their way at the same time: with fewer, every
 * batch waits for `flushMs`.
 *
 * @example
 * batchFilter({ size: 100, flushMs: 500 });
 */
export function batchFilter(options: BatchOptions): Filter<RoutedEvent> {
  const { size, flushMs = 1_000 } = options;
  checkInteger('size', size, 1);
  if (!(flushMs >= 0)) throw new OptionError('flushMs', '0 or more', flushMs);
  const open = new Map<string, Batch>();

  const begin = (tenant: string, next: Next<RoutedEvent>): Batch => {
    const close = (): void => {
      if (open.get(tenant) === batch) open.delete(tenant);
    };
    const full$ = new Subject<void>();
    const members: Batch['members'] = new Set();
    const delivery$ = merge(full$, timer(Math.min(flushMs, MAX_DELAY_MS))).pipe(
      take(1),
      mergeMap(() => {
        close();
        return next(combined([...members].map(({ event }) => event)));
      }),
      finalize(close),
      share(),
    );
    const batch: Batch = { members, full$, delivery$ };
    open.set(tenant, batch);
    return batch;
  };

  return (event, next) =>
    new Observable<never>((subscriber) => {
      const { members, full$, delivery$ } = open.get(event.tenant) ?? begin(event.tenant, next);
      const member = { event };
      members.add(member);
      subscriber.add(() => members.delete(member));
      listen(delivery$, subscriber, { next: () => undefined });
      if (members.size >= size) full$.next();
    });
}

function combined(events: readonly RoutedEvent[]): RoutedEvent {
  const [first, last] = [events[0]!, events.at(-1)!];
  return {
    id: `${first.id}..${last.id}`,
    tenant: first.tenant,
    receivedAt: Math.min(...events.map(({ receivedAt }) => receivedAt)),
    payload: events.map(({ payload }) => payload),
  };
}

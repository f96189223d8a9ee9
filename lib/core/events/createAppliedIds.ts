import { asyncScheduler, AsyncSubject, defer, EMPTY, finalize, ignoreElements } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import type { View } from './view.ts';

/** How much is remembered of what a view has applied. */
export interface AppliedIdsOptions {
  /** Most correlation ids; beyond it the one that was applied first is forgotten. Default: 10 000. */
  readonly maxIds?: number | undefined;
  /** How long one is remembered, in ms from when it was applied. Default: 600 000. */
  readonly maxAgeMs?: number | undefined;
}

/** The correlation ids that a view in memory has applied. */
export interface AppliedIds extends View {
  /** To be called by the view's handlers, when what they did can be read. */
  applied(correlationId: string): void;
}

/**
 * Keeps which correlation ids a view in memory has applied.
 *
 * @example
 * const applied = createAppliedIds();
 * bus.on(PortfolioCreated, { id: 'view', handle(portfolio, { message }) {
 *   portfolios.set(portfolio.id, portfolio);
 *   applied.applied(message.correlationId);
 * } });
 * operations.waitUntilApplied(id, applied);
 */
export function createAppliedIds(options: AppliedIdsOptions = {}): AppliedIds {
  const { maxIds = 10_000, maxAgeMs = 600_000 } = options;
  checkInteger('maxIds', maxIds, 1);
  if (!(maxAgeMs > 0)) throw new OptionError('maxAgeMs', 'more than 0', maxAgeMs);
  const appliedAt = new Map<string, number>(); // in the order of it
  const waiting = new Map<string, { readonly applied$: AsyncSubject<void>; count: number }>();

  const forgetOld = (): void => {
    const now = asyncScheduler.now();
    for (const [id, at] of appliedAt) {
      if (appliedAt.size <= maxIds && now - at < maxAgeMs) break;
      appliedAt.delete(id);
    }
  };

  return {
    applied(correlationId) {
      appliedAt.delete(correlationId);
      appliedAt.set(correlationId, asyncScheduler.now());
      forgetOld();
      const waiter = waiting.get(correlationId);
      waiting.delete(correlationId);
      waiter?.applied$.complete();
    },
    whenApplied: (correlationId) =>
      defer(() => {
        forgetOld();
        if (appliedAt.has(correlationId)) return EMPTY;
        const waiter = waiting.get(correlationId) ?? { applied$: new AsyncSubject<void>(), count: 0 };
        waiting.set(correlationId, waiter);
        waiter.count++;
        return waiter.applied$.pipe(
          ignoreElements(),
          finalize(() => {
            if (--waiter.count === 0 && waiting.get(correlationId) === waiter) waiting.delete(correlationId);
          }),
        );
      }),
  };
}

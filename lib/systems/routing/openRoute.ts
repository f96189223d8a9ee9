import type { Route } from '../../contracts/receiver.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Sender } from '../../contracts/sender.ts';
import { SendError } from '../../contracts/sendFailure.ts';
import { chainFilters } from '../../core/routing/chainFilters.ts';
import { SplitError, TransformError } from '../../core/routing/routingFailure.ts';
import { batchSizeOf, openFilters } from './openFilters.ts';
import type { RouteSpec } from './routingSpec.ts';

/** The route that is described, with a sender for its end. */
export function openRoute(spec: RouteSpec, sender: Sender): Route<RoutedEvent> {
  const { name, filters = [], concurrency, timeoutMs = 30_000, retry } = spec;
  const { bufferSize, overflow, onFailure, parkSize, watermarks, guaranteed } = spec;
  const steps = openFilters(filters);

  return {
    id: name,
    ...{ bufferSize, overflow, onFailure, parkSize, watermarks, guaranteed },
    concurrency: concurrency ?? batchSizeOf(filters),
    timeoutMs,
    retry: retry && { ...retry, jitter: () => 0.5 + Math.random() / 2, retryOn: isWorthAnotherTry },
    handle: (event, { signal }) => chainFilters(steps, (each) => sender.send(each, signal))(event),
  };
}

/** Whether a failure of a route may pass. An event that cannot be read, or is not wanted, will not be the next time. */
export function isWorthAnotherTry(failure: unknown): boolean {
  if (failure instanceof SendError) return failure.retryable;
  if (failure instanceof TransformError) return false;
  return !(failure instanceof SplitError) || (failure.cause !== undefined && isWorthAnotherTry(failure.cause));
}

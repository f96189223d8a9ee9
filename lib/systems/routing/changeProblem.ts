import { RequestError } from '../../adapters/http/problem.ts';
import { RoutingError, type RoutingErrorCode } from './routingError.ts';

const STATUSES: Readonly<Record<RoutingErrorCode, number>> = {
  unknown_receiver: 404,
  unknown_route: 404,
  route_exists: 409,
  too_many_routes: 409,
  loop: 400,
  stopping: 503,
};
/** Failures of a description, whose words were written for whoever wrote it. */
const TELLABLE = new Set<unknown>(['unknown_sender', 'unknown_topic', 'invalid_option']);

/** How a change that is refused is told to whoever asked for it. Anything else stays as it is. */
export function asChangeProblem(failure: unknown): unknown {
  if (failure instanceof RoutingError) return new RequestError(STATUSES[failure.code], failure.code, failure.message);
  if (!(failure instanceof Error && 'code' in failure && TELLABLE.has(failure.code))) return failure;
  return new RequestError(400, 'invalid_route', failure.message);
}

import { catchError, defer, EMPTY, from, map, mergeMap, of, throwError, timeout, toArray, type Observable } from 'rxjs';
import { RequestError } from '../../adapters/http/problem.ts';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import { UnreachableError } from '../../contracts/failure.ts';
import type { Transport } from '../../contracts/transport.ts';
import { QueueConfigError } from '../../contracts/transportFailure.ts';
import type { DeadLetterSource } from '../console/deadLetterSource.ts';

/** Queues that are asked at the same time. */
const AT_ONCE = 4;
/** Somebody waits for the answer. */
const TIMEOUT_MS = 5_000;

/** The dead letters of queues that this process reads. `queues`: those that it has read so far. */
export function queueDeadLetters(transport: Transport, queues: ReadonlySet<string>): DeadLetterSource {
  const unreachable = () =>
    new RequestError(503, 'transport_unreachable', 'the transport does not answer', { 'retry-after': '5' });
  const asUnreachable = (failure: unknown): unknown =>
    failure instanceof UnreachableError || failure instanceof ClosedError ? unreachable() : failure;
  /** One that is not there any more has none. */
  const countOf$ = (name: string): Observable<number> =>
    transport.deadLetters(name).pipe(
      timeout({ first: TIMEOUT_MS }),
      catchError((failure: unknown) => (failure instanceof QueueConfigError ? EMPTY : throwError(unreachable))),
    );

  return {
    kind: 'queue',
    list: () =>
      from(queues).pipe(
        mergeMap((name) => countOf$(name).pipe(map((count) => ({ kind: 'queue' as const, name, count }))), AT_ONCE),
        toArray(),
        map((places) => places.filter(({ count }) => count > 0)),
      ),
    redrive: (name, { max }) =>
      defer(() => (queues.has(name) ? of(name) : throwError(() => unknownQueue(name)))).pipe(
        mergeMap(() => transport.redrive(name, { max })),
        catchError((failure: unknown) =>
          throwError(() => (failure instanceof QueueConfigError ? unknownQueue(name) : asUnreachable(failure))),
        ),
      ),
  };
}

function unknownQueue(name: string): RequestError {
  return new RequestError(404, 'unknown_queue', `this process reads no queue ${JSON.stringify(name)}`);
}

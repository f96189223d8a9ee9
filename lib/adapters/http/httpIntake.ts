import { right } from 'fp-ts/lib/Either.js';
import { randomUUID } from 'node:crypto';
import { asyncScheduler, firstValueFrom, ignoreElements, throwError, timeout, type ObservableInput } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { fromAbortable } from '../../boundary/fromAbortable.ts';
import type { Codec } from '../../contracts/codec.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import { answerProblem, isOurFault, RequestError } from './problem.ts';
import { readIdempotencyKey } from './readIdempotencyKey.ts';
import { readJson } from './readJson.ts';
import type { WebApp } from './serve.ts';

/** What {@link httpIntake} takes, and where it goes. */
export interface HttpIntakeOptions {
  /** Takes an event. The request is answered when what it returns has completed. */
  readonly take: (event: RoutedEvent, signal: AbortSignal) => ObservableInput<unknown>;
  /** Says what a payload must be. Default: any JSON value. */
  readonly codec?: Codec<unknown> | undefined;
  /** Whose event it is. Throws RequestError where it is nobody's. Default: ''. */
  readonly tenantOf?: ((request: Request) => string) | undefined;
  /** Makes the id of an event whose sender gave it none, in an Idempotency-Key. Default: a random UUID. */
  readonly newId?: (() => string) | undefined;
  /** Longest wait for an event to be taken, in ms from when it was read; then 504. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
  /** Takes what went wrong inside, which no client is told. */
  readonly onError?: ((failure: unknown) => void) | undefined;
}

const ANY_JSON: Codec<unknown> = { name: 'JSON', decode: right };
/** Failures of `take` that ask for another try. */
const PASSING = new Set<unknown>(['overflow', 'closed', 'queue_full']);
/** The longest time that a timer can wait. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * An app that takes events over HTTP: POST of a JSON body, answered 202 with the id of the event once it is taken. What
 * cannot be taken now is answered 503 with Retry-After; everything that is wrong with a request as {@link readJson} says.
 *
 * @example
 * const serving = await serve(httpIntake({ take: (event) => receiver.next(event).taken$ }), { port: 8080 });
 */
export function httpIntake(options: HttpIntakeOptions): WebApp {
  const { take, codec = ANY_JSON, tenantOf = () => '', newId = randomUUID, timeoutMs = 30_000 } = options;
  const { onError = () => undefined } = options;
  if (!(timeoutMs > 0)) throw new OptionError('timeoutMs', 'more than 0 ms', timeoutMs);

  const taken = async (request: Request): Promise<string> => {
    if (request.method !== 'POST') {
      throw new RequestError(405, 'method_not_allowed', 'this path answers to POST', { allow: 'POST' });
    }
    const tenant = tenantOf(request);
    const id = readIdempotencyKey(request.headers) ?? newId();
    const payload = await readJson(request, { codec });
    const event = { id, payload, tenant, receivedAt: asyncScheduler.now() };
    const late = () => new RequestError(504, 'not_taken', `the event was not taken within ${timeoutMs} ms`);
    const done$ = fromAbortable((signal) => take(event, signal), { signal: request.signal }).pipe(
      ignoreElements(),
      timeout({ first: Math.min(timeoutMs, MAX_DELAY_MS), with: () => throwError(late) }),
    );
    await firstValueFrom(done$, { defaultValue: undefined });
    return id;
  };

  return {
    fetch: async (request) => {
      try {
        return answer(await taken(request));
      } catch (thrown) {
        const failure = isPassing(thrown) ? notNow() : thrown;
        if (isOurFault(failure, request)) onError(failure);
        return answerProblem(failure);
      }
    },
  };
}

function answer(id: string): Response {
  return new Response(JSON.stringify({ id }), {
    status: 202,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}

function isPassing(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && PASSING.has(failure.code);
}

function notNow(): RequestError {
  return new RequestError(503, 'not_now', 'the event cannot be taken now; send it again later', { 'retry-after': '1' });
}

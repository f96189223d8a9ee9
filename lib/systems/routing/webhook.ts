import { catchError, concatMap, defer, EMPTY, throwError, type Observable } from 'rxjs';
import { checkToken } from '../../adapters/http/checkToken.ts';
import { httpIntake } from '../../adapters/http/httpIntake.ts';
import { RequestError } from '../../adapters/http/problem.ts';
import type { WebApp } from '../../adapters/http/serve.ts';
import { AckTimeoutError, NackedError, RateLimitError } from '../../contracts/receiverFailure.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Receiver } from '../../core/receivers/receiver.ts';
import { handedOver } from './handedOver.ts';
import type { SourceSpec } from './routingSpec.ts';

/** What a {@link webhook} takes, and for whom. */
export interface WebhookOptions {
  readonly spec: SourceSpec & { readonly type: 'webhook' };
  /** By tenant. */
  readonly receivers: ReadonlyMap<string, Receiver<RoutedEvent>>;
  readonly onError: (failure: unknown) => void;
}

/** Takes the events of one path, each for its tenant. */
export function webhook({ spec, receivers, onError }: WebhookOptions): WebApp {
  const { token, tenantHeader, answer = 'taken' } = spec;
  const [only] = receivers.keys();
  const take$ = answer === 'taken' ? handedOver : settledBy;

  const tenantOf = (request: Request): string => {
    if (token !== undefined) checkToken(request, token);
    if (tenantHeader === undefined) return only!;
    const tenant = request.headers.get(tenantHeader);
    if (tenant === null) throw new RequestError(400, 'missing_tenant', `the header ${tenantHeader} must name a tenant`);
    if (receivers.has(tenant)) return tenant;
    throw new RequestError(403, 'unknown_tenant', 'this tenant may not send events here');
  };

  return httpIntake({
    tenantOf,
    onError,
    take: (event) =>
      take$(receivers.get(event.tenant)!, event, event.id).pipe(
        catchError((failure: unknown) => throwError(() => asRequestError(failure))),
      ),
  });
}

function settledBy(receiver: Receiver<RoutedEvent>, event: RoutedEvent, id: string): Observable<never> {
  return defer(() => receiver.next(event, { id }).settled$).pipe(
    concatMap((end) => (end.kind === 'acked' ? EMPTY : throwError(() => end.error))),
  );
}

/** What a caller is told of an event that was not taken, without a word on the routes behind. */
function asRequestError(failure: unknown): unknown {
  if (failure instanceof RateLimitError) {
    const seconds = Math.max(1, Math.ceil(failure.retryAfterMs / 1_000));
    const says = `more than ${failure.perSecond} events per second`;
    return new RequestError(429, 'rate_limited', says, { 'retry-after': String(seconds) });
  }
  if (failure instanceof AckTimeoutError) {
    return new RequestError(504, 'not_settled', 'the event was not settled in time; send it again with the same id');
  }
  if (!(failure instanceof NackedError)) return failure;
  if (failure.failures.some(({ outcome }) => outcome === 'refused')) {
    return new RequestError(503, 'not_now', 'there is no room for the event; send it again later with the same id', {
      'retry-after': '1',
    });
  }
  return new RequestError(
    502,
    'not_delivered',
    'the event was not delivered everywhere; send it again with the same id',
  );
}

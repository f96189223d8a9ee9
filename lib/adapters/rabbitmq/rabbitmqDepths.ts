import { catchError, defer, EMPTY, mergeMap, NEVER, take, throwError, timeout, type Observable } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import type { DepthSource } from '../../contracts/depthSource.ts';
import { RefusedError, UnreachableError } from '../../contracts/failure.ts';
import { readAddress } from './address.ts';
import { openConnection } from './connection.ts';
import { connectionFailure } from './connectionFailure.ts';
import type { RabbitmqTls } from './options.ts';
import { passiveDepths } from './passiveDepths.ts';

/** Which broker {@link rabbitmqDepths} asks. */
export interface RabbitmqDepthsOptions {
  /** The name that registrations know the broker by. */
  readonly manager: string;
  /** `amqp://user:password@host:port/vhost`, or `amqps:`. Its credentials are shown nowhere. */
  readonly url: string;
  readonly tls?: RabbitmqTls | undefined;
  /** Longest time for all of it, in ms. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
}

const HEARTBEAT_SECONDS = 10;

/**
 * The depths of the queues that registrations ask for, in one virtual host of RabbitMQ: the messages that are ready, by passive
 * declarations over one connection. A queue that is not there, or that the user may not see, is empty.
 *
 * @example
 * const source = rabbitmqDepths({ manager: 'orders', url: 'amqp://observer:password@rabbit.example/orders' });
 */
export function rabbitmqDepths({ manager, url, tls = {}, timeoutMs = 30_000 }: RabbitmqDepthsOptions): DepthSource {
  const address = readAddress(url);
  if (!(timeoutMs > 0)) throw new OptionError('timeoutMs', 'more than 0 ms', timeoutMs);
  const terms = { address, tls, heartbeatSeconds: HEARTBEAT_SECONDS, timeoutMs, clientName: 'rxfan depths' };
  const late = () => new UnreachableError(address.shown, `no depths within ${timeoutMs} ms`);

  return {
    manager,
    depths: (queues): Observable<ReadonlyMap<string, number>> =>
      defer(() => {
        let isDone = false;
        return openConnection(terms).pipe(
          catchError((failure: unknown) => (isDone ? NEVER : throwError(() => failure))), // we have closed it ourselves
          mergeMap(async (event) => {
            if (event.kind !== 'connected') return undefined;
            const depths = await passiveDepths(event.model, queues);
            isDone = true;
            await event.model.close().catch(() => undefined);
            return depths;
          }),
          mergeMap((depths) => (depths ? [depths] : EMPTY)),
          take(1),
          timeout({ first: timeoutMs, with: () => throwError(late) }),
          catchError((failure: unknown) => {
            const isTyped = failure instanceof RefusedError || failure instanceof UnreachableError;
            return throwError(() => (isTyped ? failure : connectionFailure(address, failure)));
          }),
        );
      }),
  };
}

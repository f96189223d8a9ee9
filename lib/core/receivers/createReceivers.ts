import { defer, type Observable, type ObservableInput } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import type { ReceiverIdentity } from '../../contracts/receiverIdentity.ts';
import type { CloseOptions } from '../topics/drained.ts';
import type { Receiver } from './receiver.ts';
import { SharedReceiver, type Lease } from './sharedReceiver.ts';

/** Which receiver somebody wants. */
export interface ReceiverRequest<C> extends ReceiverIdentity {
  /** What JSON can carry. Equal data is the same receiver, whatever the order of its keys. */
  readonly configuration: C;
}

/** How the receivers of a {@link Receivers} are opened and stopped. */
export interface ReceiversOptions<E, C> extends CloseOptions {
  /** Makes a receiver, and attaches its sources. The first one that it emits is taken; unsubscribed when nobody waits any more. */
  readonly open: (request: ReceiverRequest<C>) => ObservableInput<Receiver<E>>;
  /** Longest time for that, in ms from when it is asked for. Default: 5 000. */
  readonly openTimeoutMs?: number | undefined;
}

/** Receivers that are shared by those who want equal ones. */
export interface Receivers<E, C> {
  /**
   * Emits the running receiver, or a new one, and completes; whoever got it holds it until the `release`. When it cannot be
   * opened, all who wait get the ReceiverOpenError, and the next one tries anew.
   */
  acquire(request: ReceiverRequest<C>): Observable<Lease<E>>;
  /** Those that run, with how many hold each. */
  list(): readonly { readonly receiver: Receiver<E>; readonly holders: number }[];
}

/**
 * Keeps one receiver for all who ask for the same tenant, name and configuration: the first opens it, the last stops it.
 *
 * @example
 * const receivers = createReceivers({ open: ({ tenant, receiver, configuration }) => openQueue(tenant, receiver, configuration) });
 * const wanted = { tenant: 'acme', receiver: 'orders', configuration: { queue: 'in' } };
 * receivers.acquire(wanted).subscribe(({ receiver, release }) => use(receiver).finally(release));
 */
export function createReceivers<E, C>(options: ReceiversOptions<E, C>): Receivers<E, C> {
  const { open, openTimeoutMs = 5_000, deadlineMs = 30_000 } = options;
  if (!(openTimeoutMs > 0)) throw new OptionError('openTimeoutMs', 'more than 0', openTimeoutMs);
  const shared = new Map<string, SharedReceiver<E>>();

  return {
    acquire(request) {
      const { tenant, receiver, configuration } = request;
      const key = canonicalJson([tenant, receiver, configuration]);
      return defer(() => {
        let entry = shared.get(key);
        if (!entry) {
          entry = new SharedReceiver<E>({
            identity: { tenant, receiver },
            open: () => open(request),
            openTimeoutMs,
            deadlineMs,
            ended: () => shared.delete(key),
          });
          shared.set(key, entry);
        }
        return entry.acquire();
      });
    },
    list: () => [...shared.values()].flatMap((entry) => entry.running ?? []),
  };
}

import { connect, type ChannelModel, type SocketOptions } from 'amqplib';
import { Observable } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import type { Address } from './address.ts';
import { connectionFailure } from './connectionFailure.ts';

/** How a connection is made. */
export interface ConnectionTerms {
  readonly address: Address;
  /** Of the TLS connection. */
  readonly tls: SocketOptions;
  /** Between heartbeats, in whole seconds. */
  readonly heartbeatSeconds: number;
  /** Longest time from the start of an attempt to an open connection, in ms. */
  readonly timeoutMs: number;
  /** Tells the broker who this is. */
  readonly clientName: string;
}

/** What happens to one connection. */
export type ConnectionEvent =
  { readonly kind: 'connected'; readonly model: ChannelModel } | { readonly kind: 'blocked' | 'unblocked' };

/**
 * One connection, from its attempt to its end.
 *
 * - **Emits** `connected` once, and how the broker blocks it.
 * - **Holds** nothing.
 * - **Completes** never.
 * - **Errors** with RefusedError or UnreachableError when it cannot be had, and when it goes.
 * - **Unsubscribing** destroys its socket at once: whoever wants to leave in peace closes the model before.
 */
export function openConnection(terms: ConnectionTerms): Observable<ConnectionEvent> {
  const { address, tls, heartbeatSeconds, timeoutMs, clientName } = terms;

  return new Observable((subscriber) => {
    const gone = new AbortController(); // of the socket: closing it takes an answer that a frozen broker does not give
    const fail = (cause: unknown) => subscriber.error(connectionFailure(address, cause));
    const clock = after(timeoutMs, () => fail(new Error(`no connection within ${timeoutMs} ms`)));
    subscriber.add(() => gone.abort());
    subscriber.add(clock);

    const options = {
      ...tls,
      noDelay: true,
      clientProperties: { connection_name: clientName },
      signal: gone.signal,
    };
    connect({ ...address.connect, heartbeat: heartbeatSeconds }, options).then((model) => {
      let reason: unknown;
      model.on('error', (cause) => (reason = cause));
      model.on('close', (cause) => fail(reason ?? cause));
      model.on('blocked', () => subscriber.next({ kind: 'blocked' }));
      model.on('unblocked', () => subscriber.next({ kind: 'unblocked' }));
      clock.unsubscribe();
      subscriber.next({ kind: 'connected', model });
    }, fail);
  });
}

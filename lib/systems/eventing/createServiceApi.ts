import { createHmac } from 'node:crypto';
import type { Observable } from 'rxjs';
import { newId } from '../../adapters/node/newId.ts';
import type { Transport } from '../../contracts/transport.ts';
import { createBus } from '../../core/events/createBus.ts';
import { createOperations } from '../../core/events/createOperations.ts';
import { defineMessages } from '../../core/events/defineMessages.ts';
import type { OperationsOptions } from '../../core/events/operations.ts';
import { createEventing, type Eventing, type EventingOptions } from './createEventing.ts';
import type { Service } from './service.ts';

/** What {@link createServiceApi} opens, over what, within which bounds. */
export interface ServiceApiOptions
  extends
    Omit<EventingOptions, 'messages' | 'operations' | 'bus'>,
    Pick<OperationsOptions, 'ttlMs' | 'timeoutMs' | 'maxOperations'> {
  readonly service: Service;
  /** Stays open when this is closed. */
  readonly transport: Transport;
  /** How long a page token is accepted, in ms from when it was given out. */
  readonly pageTokenTtlMs?: number | undefined;
  /** Makes operation ids of idempotency keys, so that a key holds for all processes that have the same secret. */
  readonly idempotencySecret?: string | undefined;
}

/** The runtime of a service that takes commands. */
export interface ServiceApi {
  readonly eventing: Eventing;
  /** Hears outcomes and events while it is subscribed to. */
  run(): Observable<never>;
  /** Takes no more; whoever waits for an outcome is told. */
  close(): void;
}

/**
 * The runtime of a service that takes commands and tells outcomes and events. What it takes is carried out by
 * {@link createServiceConsumer}, in this process or another one.
 *
 * @example
 * const api = createServiceApi({ service, transport, sealer });
 * const running = api.run().subscribe();
 * await serve(eventingApp({ eventing: api.eventing }));
 */
export function createServiceApi(options: ServiceApiOptions): ServiceApi {
  const { service, transport, ttlMs, timeoutMs, maxOperations, pageTokenTtlMs, idempotencySecret, ...bounds } = options;
  const { name } = service;
  const onError = (failure: unknown): void => options.onError?.(failure);
  const messages = defineMessages(service.messages);
  const common = { service: name, transport, messages, newId, onError };
  const bus = createBus(common);
  const idOfKey = idempotencySecret === undefined ? undefined : idsOf(idempotencySecret);
  const operations = createOperations({ ...common, ttlMs, timeoutMs, maxOperations, idOfKey });
  const eventing = createEventing({ ...bounds, messages, operations, bus, ttlMs: pageTokenTtlMs });

  return {
    eventing,
    run: () => eventing.run(),
    close: () => {
      operations.close();
      bus.close({ deadlineMs: 0 }).subscribe({ error: onError });
    },
  };
}

function idsOf(secret: string): (tenant: string, key: string) => string {
  return (tenant, key) => {
    const digest = createHmac('sha256', secret)
      .update(JSON.stringify([tenant, key]))
      .digest();
    return digest.subarray(0, 16).toString('base64url');
  };
}

import { defer, type Observable } from 'rxjs';
import { newId } from '../../adapters/node/newId.ts';
import type { ConsumerEvent, Transport } from '../../contracts/transport.ts';
import type { BusFailure, BusStats } from '../../core/events/bus.ts';
import { createBus } from '../../core/events/createBus.ts';
import { defineMessages } from '../../core/events/defineMessages.ts';
import type { Service } from './service.ts';

/** What {@link createServiceConsumer} runs, over what, within which bounds. */
export interface ServiceConsumerOptions {
  readonly service: Service;
  /** Stays open when this is closed. */
  readonly transport: Transport;
  /** Deliveries of one message before it goes to the dead letters. Default: that of the transport. */
  readonly maxAttempts?: number | undefined;
  /** Wait before a failed message comes again, in ms. Default: that of the transport. */
  readonly retryDelayMs?: number | undefined;
  /** Takes every failure of a handler, and every message that none can have. */
  readonly onError?: ((failure: BusFailure) => void) | undefined;
}

/** The runtime of a service that carries out commands and handles events. */
export interface ServiceConsumer {
  /** Reads the queues of the service while it is subscribed to, and until it is closed. Emits what befalls the consumers. */
  run(): Observable<ConsumerEvent>;
  stats(): BusStats;
  /** Takes no more, and lets handlers that run finish until the deadline. Default: 10 000 ms. */
  close(options?: { readonly deadlineMs?: number | undefined }): Observable<never>;
}

/**
 * The runtime of a service that carries out its commands and handles events. Rejects with what `attach` of the service
 * throws.
 *
 * @example
 * const consumer = await createServiceConsumer({ service, transport });
 * const running = consumer.run().subscribe();
 */
export async function createServiceConsumer(options: ServiceConsumerOptions): Promise<ServiceConsumer> {
  const { service, ...rest } = options;
  const bus = createBus({ ...rest, service: service.name, messages: defineMessages(service.messages), newId });
  await service.attach(bus);
  return {
    run: () => defer(() => bus.consume()),
    stats: () => bus.stats(),
    close: (how) => bus.close(how),
  };
}

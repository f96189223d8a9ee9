import { createMemoryBroker } from '../../adapters/memory/createMemoryBroker.ts';
import type { Transport } from '../../contracts/transport.ts';
import { ConfigError } from '../config/configError.ts';
import type { EventsSettings } from '../config/eventsConfig.ts';

/** The transport that the settings describe. Rejects with a ConfigError. */
export async function openTransport({ transport, url, exchange }: EventsSettings): Promise<Transport> {
  if (transport === 'memory') return createMemoryBroker({ exchange: exchange.type }).connect();
  const { rabbitmqTransport } = await import('../../adapters/rabbitmq/rabbitmqTransport.ts').catch((cause: unknown) => {
    throw new ConfigError(['events: the transport rabbitmq needs the package amqplib: npm install amqplib'], { cause });
  });
  try {
    return rabbitmqTransport({ url: url ?? '', exchange });
  } catch (cause) {
    throw new ConfigError([`events: ${cause instanceof Error ? cause.message : String(cause)}`], { cause });
  }
}

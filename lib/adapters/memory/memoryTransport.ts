import type { Transport } from '../../contracts/transport.ts';
import { createMemoryBroker, type MemoryBrokerOptions } from './createMemoryBroker.ts';

/**
 * A transport with a broker of its own in memory: for one process that is all there is.
 *
 * @example
 * const transport = memoryTransport();
 * const consuming = transport.consume({ kind: 'durable', name: 'mail', bindings: ['order.*'], handle: send }).subscribe();
 */
export function memoryTransport(options?: MemoryBrokerOptions): Transport {
  return createMemoryBroker(options).connect();
}

import { EMPTY, NEVER, type Observable } from 'rxjs';
import type { OutgoingMessage, Transport } from '../../lib/contracts/transport.ts';

/** A transport that only publishes. */
export function publishing(publish: (message: OutgoingMessage) => Observable<never>): Transport {
  return {
    name: 'fake',
    publish,
    consume: () => NEVER,
    redrive: () => NEVER,
    deadLetters: () => NEVER,
    state$: NEVER,
    close: () => EMPTY,
  };
}

import type { Part } from '../../../operators/internal/part.ts';
import type { Transport } from '../../contracts/transport.ts';

/** What there is to be seen of whoever relays an outbox. */
export interface InspectedRelay {
  readonly transport: Transport;
  /** Messages that were handed to the transport, and are not settled. */
  sending: number;
  relayed: number;
}

/** A relay of an outbox as an inspection sees it: it waits for its transport. */
export function relayPart(relay: InspectedRelay): Part {
  const { transport } = relay;
  return {
    kind: 'outbox',
    name: `to ${transport.name}`,
    of: relay,
    look: () => ({
      figures: { running: relay.sending },
      counts: { relayed: relay.relayed },
      waits: relay.sending === 0 ? [] : [{ how: 'waits for', on: transport, called: `transport '${transport.name}'` }],
    }),
  };
}

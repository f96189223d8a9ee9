import type { Envelope } from '../../contracts/envelope.ts';
import type { EventDefinition } from '../../contracts/message.ts';

/** An event as clients see it: a CloudEvents-like record without what is the business of services alone. */
export interface EventView {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  /** RFC 3339. */
  readonly time: string;
  /** The id of the operation that it follows from. */
  readonly operation: string;
  readonly data: unknown;
}

export function eventView({ codec }: EventDefinition, event: Envelope): EventView {
  const { id, type, source, time, correlationId, data } = event;
  return {
    id,
    type,
    source,
    time: new Date(time).toISOString(),
    operation: correlationId,
    data: codec.encode(data),
  };
}

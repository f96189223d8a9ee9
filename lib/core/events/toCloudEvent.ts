import type { Envelope } from '../../contracts/envelope.ts';
import type { CloudEvent } from './cloudEvent.ts';

/**
 * The CloudEvent 1.0 of an envelope, ready for JSON. `data` is taken as it is: give the envelope as it is on the wire, or with
 * data that JSON can carry.
 */
export function toCloudEvent({ data, ...envelope }: Envelope): CloudEvent {
  const { id, source, type, time, correlationId, causationId, tenant, traceparent, tracestate, version } = envelope;
  return {
    specversion: '1.0',
    id,
    source,
    type,
    time: new Date(time).toISOString(),
    datacontenttype: 'application/json',
    correlationid: correlationId,
    ...(causationId !== undefined && { causationid: causationId }),
    ...(tenant !== undefined && { tenant }),
    ...(traceparent !== undefined && { traceparent }),
    ...(tracestate !== undefined && { tracestate }),
    dataversion: version,
    ...(data !== undefined && { data }),
  };
}

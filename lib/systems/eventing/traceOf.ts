import { readTraceparent, readTracestate } from '../../boundary/traceContext.ts';

/** W3C trace context. */
export interface Trace {
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/** The trace that a request belongs to; what is malformed is as good as absent, as the standard has it. */
export function traceOf(headers: Headers): Trace {
  const traceparent = headers.get('traceparent');
  if (traceparent === null || traceparent.length > 128 || readTraceparent(traceparent) === undefined) return {};
  const tracestate = readTracestate(headers.get('tracestate'));
  return { traceparent, ...(tracestate !== undefined && { tracestate }) };
}

/** W3C trace context. */
export interface Trace {
  readonly traceparent?: string;
  readonly tracestate?: string;
}

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/** The trace that a request belongs to; what is malformed is as good as absent, as the standard has it. */
export function traceOf(headers: Headers): Trace {
  const traceparent = headers.get('traceparent');
  if (traceparent === null || !TRACEPARENT.test(traceparent)) return {};
  const tracestate = headers.get('tracestate');
  return { traceparent, ...(tracestate !== null && TRACESTATE.test(tracestate) && { tracestate }) };
}

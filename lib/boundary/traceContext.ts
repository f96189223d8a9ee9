/** W3C trace context, taken apart. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

const VERSION_0 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** A version to come may have more behind what is known; `ff` is none. */
const LATER_VERSION = /^(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-[\x21-\x7e]*)?$/;
const LONGEST = 512;
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/** What a `traceparent` says; undefined for one that is malformed, which is as good as none, as the standard has it. */
export function readTraceparent(text: unknown): TraceContext | undefined {
  if (typeof text !== 'string' || text.length > LONGEST) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = VERSION_0.exec(text) ?? LATER_VERSION.exec(text) ?? [];
  if (/^0*$/.test(traceId) || /^0*$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1 };
}

/** A `tracestate` that may be handed on; undefined for one that may not. */
export function readTracestate(text: unknown): string | undefined {
  return typeof text === 'string' && TRACESTATE.test(text) ? text : undefined;
}

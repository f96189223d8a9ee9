import {
  context as contexts,
  createTraceState,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Context,
  type Tracer,
} from '@opentelemetry/api';
import { asyncScheduler } from 'rxjs';
import type { Carried, Carrier, SentTrace, Step, Stretch, TraceHeaders } from '../../../operators/internal/carrier.ts';
import { readTraceparent, readTracestate } from '../../boundary/traceContext.ts';
import { endOf, spanOf } from './spanOf.ts';

/** What an item carries. */
class Origin implements Carried {
  readonly carried = true;
  readonly context: Context;
  /** When it entered, or was sent, in ms of the clock. */
  readonly since: number | undefined;
  /** How many spans it may have yet; all steps of an item share that. */
  readonly left: { spans: number };

  constructor(context: Context, left: { spans: number }, since?: number) {
    this.context = context;
    this.since = since;
    this.left = left;
  }
}

/** Our member of `tracestate`: when a message was sent. It goes one hop, and no further. */
const SENT = 'rxfan';
/** What is older was not sent then: the clocks differ, or somebody made it up. */
const LONGEST_HOP_MS = 30 * 24 * 3_600_000;

/** Follows items with spans. */
export class SpanCarrier implements Carrier {
  /** Nothing is recorded any more. */
  isStopped = false;
  private readonly tracer: Tracer;
  private readonly maxSpans: number;

  constructor(tracer: Tracer, maxSpans: number) {
    this.tracer = tracer;
    this.maxSpans = maxSpans;
  }

  enter(step?: Step): Origin {
    const origin = this.originOf(contexts.active(), asyncScheduler.now());
    if (!step || trace.getSpanContext(origin.context)) return origin;
    const stretch = this.begin(step, origin);
    stretch.end();
    return stretch.carried;
  }

  from({ traceparent, tracestate }: TraceHeaders, how?: 'here'): Origin {
    const sent = readTraceparent(traceparent);
    const active = how === 'here' ? contexts.active() : ROOT_CONTEXT;
    if (!sent || trace.getSpanContext(active)?.traceId === sent.traceId) {
      return this.originOf(active);
    }
    const state = createTraceState(readTracestate(tracestate));
    const spanContext = { ...sent, isRemote: true, traceState: state.unset(SENT) };
    return this.originOf(trace.setSpanContext(ROOT_CONTEXT, spanContext), timeOf(state.get(SENT)));
  }

  headers(carried?: Carried, how?: 'timed'): SentTrace | undefined {
    const sent = trace.getSpanContext(carried instanceof Origin ? carried.context : contexts.active());
    if (!sent) return undefined;
    const { traceId, spanId, traceFlags, traceState = createTraceState() } = sent;
    const state = how === 'timed' ? traceState.set(SENT, asyncScheduler.now().toString(36)) : traceState;
    const tracestate = readTracestate(state.serialize());
    const flags = (traceFlags & 0xff).toString(16).padStart(2, '0');
    return { traceparent: `00-${traceId}-${spanId}-${flags}`, ...(tracestate !== undefined && { tracestate }) };
  }

  run<R>(carried: Carried, work: () => R): R {
    return carried instanceof Origin ? contexts.with(carried.context, work) : work();
  }

  /** Told when it is over: nothing has to be kept of those that wait. Nothing of what belongs to nothing. */
  waited(step: Step, carried: Carried | undefined, since?: number): void {
    if (!(carried instanceof Origin) || !trace.getSpanContext(carried.context)) return;
    const start = since ?? carried.since;
    if (start === undefined || !this.mayRecord(carried)) return;
    const { name, kind, attributes } = spanOf(step);
    const startTime = new Date(start);
    const span = this.tracer.startSpan(name, { kind, attributes, startTime }, carried.context);
    span.end(new Date(Math.max(start, asyncScheduler.now())));
  }

  begin(step: Step, carried?: Carried): Stretch & { readonly carried: Origin } {
    const origin = carried instanceof Origin ? carried : this.enter();
    if (!this.mayRecord(origin)) return { carried: origin, end: () => undefined };
    const span = this.tracer.startSpan(spanOf(step).name, spanOf(step), origin.context);
    let isOver = false;
    return {
      carried: new Origin(trace.setSpan(origin.context, span), origin.left, origin.since),
      end: (how = {}) => {
        if (isOver || this.isStopped) return;
        isOver = true;
        const attributes = endOf(step, how);
        span.setAttributes(attributes);
        if (how.route !== undefined) span.updateName(`${spanOf(step).name} ${String(attributes['http.route'])}`);
        if (attributes['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  private originOf(context: Context, since?: number): Origin {
    return new Origin(context, { spans: this.maxSpans }, since);
  }

  private mayRecord({ left }: Origin): boolean {
    return !this.isStopped && left.spans-- > 0;
  }
}

/** When a message was sent, if that can be. */
function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^[0-9a-z]{1,11}$/.test(text)) return undefined;
  const at = Number.parseInt(text, 36);
  const agoMs = asyncScheduler.now() - at;
  return agoMs >= 0 && agoMs < LONGEST_HOP_MS ? at : undefined;
}

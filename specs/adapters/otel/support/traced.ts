import { context, ROOT_CONTEXT, trace, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { onTestFinished } from 'vitest';
import { startTracing, type Telemetry, type TracingOptions } from '../../../../lib/adapters/otel/startTracing.ts';

/** Tracing into memory, until the test is over. */
export interface Traced {
  readonly tracing: Telemetry;
  /** The spans that have ended, by when they began. */
  spans(): readonly ReadableSpan[];
  /** Those of one name. */
  named(name: string): readonly ReadableSpan[];
  /** Does something within a span of its own, which is the root of a trace. */
  within<R>(name: string, work: (span: Span) => R): R;
}

/** Begins to trace, with the context manager of Node. */
export function traced(options: Omit<TracingOptions, 'tracerProvider'> = {}): Traced {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  const tracing = startTracing({ tracerProvider, ...options });
  onTestFinished(() => {
    tracing.stop();
    context.disable();
  });
  const spans = () => exporter.getFinishedSpans().slice();
  return {
    tracing,
    spans,
    named: (name) => spans().filter((span) => span.name === name),
    within(name, work) {
      const span = tracerProvider.getTracer('spec').startSpan(name, {}, ROOT_CONTEXT);
      try {
        return context.with(trace.setSpan(ROOT_CONTEXT, span), () => work(span));
      } finally {
        span.end();
      }
    },
  };
}

/** The trace that runs now; undefined where none does. */
export function traceNow(): string | undefined {
  return trace.getSpanContext(context.active())?.traceId;
}

/** How long a span took, in ms. */
export function msOf({ duration: [seconds, nanoseconds] }: ReadableSpan): number {
  return seconds * 1_000 + nanoseconds / 1e6;
}

/** When a span began, in ms. */
export function startOf({ startTime: [seconds, nanoseconds] }: ReadableSpan): number {
  return seconds * 1_000 + nanoseconds / 1e6;
}

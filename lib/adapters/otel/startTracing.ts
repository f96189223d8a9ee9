import { trace, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { OptionError } from '../../../operators/errors.ts';
import { isTracing, setTracing } from './hook.ts';
import { SpanCarrier } from './spanCarrier.ts';
import { TelemetryRunningError } from './telemetryFailure.ts';

/** Where spans go, and how many there are at most. */
export interface TracingOptions {
  /** Makes the tracer. Default: the one that is registered globally when an item enters. */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Starts the spans, in place of one that a provider makes. */
  readonly tracer?: Tracer | undefined;
  /** Most spans of one item in one process: those of its subscribers, attempts and waits. Default: 128. */
  readonly maxSpansPerItem?: number | undefined;
}

/** Something that is told until it is stopped. */
export interface Telemetry {
  /** Ends it: nothing is recorded any more, and spans that are open are never ended. */
  stop(): void;
}

const SCOPE = 'rxfan';

/**
 * Begins to follow items with spans: through the lanes of topics, retries, routes, jobs, merges and maps, and from process to
 * process through the headers of messages and of requests. What runs for an item has its span for the active one.
 *
 * Wants an asynchronous context manager of OpenTelemetry, as its SDK for Node registers one. What is made before is followed
 * from the next item on; merges and maps that are subscribed to already are not. Throws OptionError, and
 * TelemetryRunningError while another one runs.
 *
 * @example
 * new NodeTracerProvider({ spanProcessors }).register();
 * const tracing = startTracing();
 */
export function startTracing(options: TracingOptions = {}): Telemetry {
  const { tracerProvider, maxSpansPerItem = 128 } = options;
  const { tracer = tracerProvider ? tracerProvider.getTracer(SCOPE) : trace.getTracer(SCOPE) } = options;
  if (!Number.isSafeInteger(maxSpansPerItem) || maxSpansPerItem < 1) {
    throw new OptionError('maxSpansPerItem', 'an integer of at least 1', maxSpansPerItem);
  }
  if (isTracing()) throw new TelemetryRunningError('tracing');
  const spans = new SpanCarrier(tracer, maxSpansPerItem);
  setTracing(spans);
  return {
    stop() {
      if (spans.isStopped) return;
      spans.isStopped = true;
      setTracing(undefined);
    },
  };
}

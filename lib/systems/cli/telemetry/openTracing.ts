import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { startTracing } from '../../../adapters/otel/startTracing.ts';
import { withPackage } from '../observer/withPackage.ts';
import { ownManifest } from '../ownManifest.ts';

const END_MS = 5_000;

/** Sends spans to a collector, as its variables say (`OTEL_EXPORTER_OTLP_*`, `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`). Gives what ends it. */
export async function openTracing(endpoint: string): Promise<() => Promise<void>> {
  const why = `traces to OTEL_EXPORTER_OTLP_ENDPOINT (${new URL(endpoint).host})`;
  const { BatchSpanProcessor, NodeTracerProvider } = await withPackage(
    '@opentelemetry/sdk-trace-node',
    why,
    () => import('@opentelemetry/sdk-trace-node'),
  );
  const { OTLPTraceExporter } = await withPackage(
    '@opentelemetry/exporter-trace-otlp-http',
    why,
    () => import('@opentelemetry/exporter-trace-otlp-http'),
  );
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'rxfan', 'service.version': ownManifest().version }))
    .merge(detectResources({ detectors: [envDetector] }));
  const spanProcessors = [new BatchSpanProcessor(new OTLPTraceExporter())];
  const provider = new NodeTracerProvider({ resource, spanProcessors });
  provider.register();
  const tracing = startTracing({ tracerProvider: provider });
  return async () => {
    tracing.stop();
    const late = new Promise<void>((resolve) => void setTimeout(resolve, END_MS).unref());
    // A collector that does not answer keeps nobody.
    await Promise.race([provider.shutdown().catch(() => undefined), late]);
  };
}

import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { startMetrics } from '../../../adapters/otel/startMetrics.ts';
import { snapshot } from '../../../core/inspection/snapshot.ts';
import { startInspection } from '../../../core/inspection/startInspection.ts';

/** The figures of this process. */
export interface OpenMetrics {
  /** In Prometheus' text format. */
  readonly text: () => Promise<string>;
  readonly end: () => Promise<void>;
}

const MAX_SERIES = 200;

/** Of programs in one process, which have the same figures. */
let open: { readonly metrics: OpenMetrics; users: number } | undefined;

/** Begins to see what is made from now on. */
export function openMetrics(): OpenMetrics {
  const shared = (open ??= { metrics: begin(), users: 0 });
  shared.users++;
  return {
    text: shared.metrics.text,
    end: async () => {
      if (--shared.users > 0) return;
      open = undefined;
      await shared.metrics.end();
    },
  };
}

function begin(): OpenMetrics {
  const inspection = startInspection();
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const telling = startMetrics({ snapshot, meterProvider, maxSeries: MAX_SERIES });
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  return {
    text: async () => serializer.serialize((await exporter.collect()).resourceMetrics),
    end: async () => {
      telling.stop();
      inspection.stop();
      await meterProvider.shutdown();
    },
  };
}

export { startMetrics, type MetricsOptions } from './startMetrics.ts';
export { startTracing, type Telemetry, type TracingOptions } from './startTracing.ts';
export { TelemetryRunningError } from './telemetryFailure.ts';

import { readTelemetry } from '../../config/readTelemetry.ts';
import type { Terminal } from '../terminal.ts';
import { openMetrics } from './openMetrics.ts';
import { openTracing } from './openTracing.ts';

/** The figures of a program, and who may see them. */
export interface Telemetry {
  /** In Prometheus' text format. */
  readonly text: () => Promise<string>;
  readonly metricsToken: string | undefined;
}

/** Runs a program with metrics, and with traces where the environment says where they go. */
export async function withTelemetry<R>(terminal: Terminal, run: (telemetry: Telemetry) => Promise<R>): Promise<R> {
  const { otlpEndpoint, metricsToken } = readTelemetry(terminal.env);
  const endTracing = otlpEndpoint === undefined ? undefined : await openTracing(otlpEndpoint);
  const metrics = openMetrics();
  try {
    return await run({ text: metrics.text, metricsToken });
  } finally {
    await Promise.all([metrics.end(), endTracing?.()]);
  }
}

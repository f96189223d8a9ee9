/** Tracing or metrics were started beside others. */
export class TelemetryRunningError extends Error {
  override readonly name = 'TelemetryRunningError';
  readonly code = 'telemetry_running';
  readonly what: 'tracing' | 'metrics';

  constructor(what: 'tracing' | 'metrics') {
    super(`${what} run already, and everything is told once; stop them before others are started`);
    this.what = what;
  }
}

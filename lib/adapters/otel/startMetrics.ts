export interface MetricsOptions {
  readonly x?: number;
}
export function startMetrics(_: MetricsOptions = {}): void {
  /* to come */
}

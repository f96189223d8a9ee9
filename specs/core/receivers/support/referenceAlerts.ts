/** Where a congestion alert is raised, where it is cleared, and how long the depth must stay there. */
export interface Marks {
  readonly high: number;
  readonly low: number;
  readonly holdMs: number;
}

/** The depth of a line from ms to ms. */
export type Series = readonly number[];

/** What is told of such a line, by ten lines that look every ms: `kind at`. */
export function referenceAlerts({ high, low, holdMs }: Marks, series: Series): readonly string[] {
  const alerts: string[] = [];
  let isRaised = false;
  let since: number | undefined;
  for (let ms = 0; ms <= series.length + holdMs; ms++) {
    const depth = series[ms] ?? series.at(-1) ?? 0;
    if (isRaised ? depth > low : depth < high) since = undefined;
    else if (ms - (since ??= ms) >= holdMs) {
      isRaised = !isRaised;
      alerts.push(`${isRaised ? 'raised' : 'cleared'} ${ms}`);
      since = undefined;
      ms--; // it may be beyond the other mark already
    }
  }
  return alerts;
}

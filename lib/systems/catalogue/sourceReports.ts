import { asyncScheduler } from 'rxjs';

/** How one source of the catalogue is doing, as far as its last call tells. */
export interface SourceReport {
  readonly name: string;
  /** What kind of list it is, as in the configuration. */
  readonly type: string;
  /** `unknown` until it was asked for the first time. */
  readonly state: 'unknown' | 'reachable' | 'unreachable';
  /** When it last gave a page. RFC 3339. */
  readonly lastAnswerTime?: string | undefined;
  /** What went wrong when it last failed; stays after it has recovered. */
  readonly lastError?: { readonly code: string; readonly reason: string; readonly time: string } | undefined;
}

/** Keeps the report of each source up to date. */
export interface SourceReports {
  readonly all: () => readonly SourceReport[];
  readonly answered: (source: string) => void;
  readonly failed: (source: string, code: string, reason: string) => void;
}

/** Starts with every source unknown. `onChange` hears of each change of state. */
export function createSourceReports(
  sources: readonly { readonly name: string; readonly type: string }[],
  onChange: (report: SourceReport) => void = () => undefined,
): SourceReports {
  const reports = new Map<string, SourceReport>(
    sources.map(({ name, type }) => [name, { name, type, state: 'unknown' }]),
  );
  const update = (source: string, change: Partial<SourceReport>) => {
    const before = reports.get(source);
    if (before === undefined) return;
    const after = { ...before, ...change };
    reports.set(source, after);
    if (after.state !== before.state) onChange(after);
  };
  const time = () => new Date(asyncScheduler.now()).toISOString();

  return {
    all: () => [...reports.values()],
    answered: (source) => update(source, { state: 'reachable', lastAnswerTime: time() }),
    failed: (source, code, reason) =>
      update(source, { state: 'unreachable', lastError: { code, reason, time: time() } }),
  };
}

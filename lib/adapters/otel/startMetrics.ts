import { metrics, type BatchObservableCallback, type Meter, type MeterProvider } from '@opentelemetry/api';
import { OptionError } from '../../../operators/errors.ts';
import type { InspectionGraph } from '../../contracts/inspection.ts';
import { Durations } from './durations.ts';
import { isTaken, setStopwatch } from './hook.ts';
import { SeriesBook } from './series.ts';
import type { Telemetry } from './startTracing.ts';
import { TelemetryRunningError } from './telemetryFailure.ts';

/** Where figures come from and go, and how many series there are at most. */
export interface MetricsOptions {
  /** How everything stands: `snapshot` of an inspection that runs. Called at each collection. */
  readonly snapshot: () => InspectionGraph;
  /** Makes the meter. Default: the one that is registered globally. */
  readonly meterProvider?: MeterProvider | undefined;
  /** Makes the instruments, in place of one that a provider makes. */
  readonly meter?: Meter | undefined;
  /** Most series with names of their own; the rest of a kind is one named `other`. Default: 200. */
  readonly maxSeries?: number | undefined;
}

interface GaugeTerms {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly factor?: number;
}

const ITEM = '{item}';
/** By figure of an inspection. */
const GAUGES: Readonly<Record<string, GaugeTerms>> = {
  waiting: { name: 'rxfan.waiting', unit: ITEM, description: 'What waits.' },
  capacity: { name: 'rxfan.capacity', unit: ITEM, description: 'How much may wait.' },
  running: { name: 'rxfan.running', unit: ITEM, description: 'What runs.' },
  concurrency: { name: 'rxfan.concurrency', unit: ITEM, description: 'How much may run.' },
  blocked: { name: 'rxfan.blocked', unit: ITEM, description: 'What waits for room.' },
  parked: { name: 'rxfan.parked', unit: ITEM, description: 'What was put aside.' },
  unconfirmed: { name: 'rxfan.unconfirmed', unit: ITEM, description: 'What a broker was sent and has not confirmed.' },
  used: { name: 'rxfan.budget.used', unit: ITEM, description: 'What is used of a budget.' },
  size: { name: 'rxfan.budget.size', unit: ITEM, description: 'What there is of a budget.' },
  oldestAgeMs: {
    name: 'rxfan.oldest.age',
    unit: 's',
    description: 'How long the oldest has waited.',
    factor: 0.001,
  },
  runningAgeMs: {
    name: 'rxfan.running.age',
    unit: 's',
    description: 'How long the oldest has run.',
    factor: 0.001,
  },
};

/**
 * Begins to tell how everything stands that an inspection sees, by `kind` and `name`, and how long attempts of handlers take:
 * `messaging.process.duration`. What is counted (`offered`, `succeeded`, `dropped` …) is `rxfan.items`, by `event`.
 *
 * Jobs, their lanes and registrations are told as those that they belong to: their names are those of clients. Throws
 * OptionError, TelemetryRunningError while others run, and what `snapshot` throws.
 *
 * @example
 * startInspection(); // before what is to be seen is made
 * const telling = startMetrics({ snapshot, meterProvider });
 */
export function startMetrics(options: MetricsOptions): Telemetry {
  const { snapshot, meterProvider, maxSeries = 200 } = options;
  const { meter = (meterProvider ?? metrics).getMeter('rxfan') } = options;
  if (typeof snapshot !== 'function') throw new OptionError('snapshot', 'a function', snapshot);
  if (!Number.isSafeInteger(maxSeries) || maxSeries < 0) {
    throw new OptionError('maxSeries', 'an integer of at least 0', maxSeries);
  }
  if (isTaken()) throw new TelemetryRunningError('metrics');
  snapshot(); // so that what is wrong is told here, and not at each collection

  const book = new SeriesBook(maxSeries);
  const durations = new Durations(meter, maxSeries);
  const gauges = Object.entries(GAUGES).map(([figure, { name, factor = 1, ...terms }]) => {
    return { figure, factor, gauge: meter.createObservableGauge(name, terms) };
  });
  const counted$ = meter.createObservableCounter('rxfan.items', { description: 'What became of items.', unit: ITEM });
  const observe: BatchObservableCallback = (result) => {
    for (const { kind, name, figures, counts } of book.read(snapshot())) {
      for (const { figure, factor, gauge } of gauges) {
        const value = figures.get(figure);
        if (value !== undefined) result.observe(gauge, value * factor, { kind, name });
      }
      for (const [event, count] of counts) result.observe(counted$, count, { kind, name, event });
    }
  };
  const observed = [counted$, ...gauges.map(({ gauge }) => gauge)];
  meter.addBatchObservableCallback(observe, observed);
  setStopwatch(durations);
  return {
    stop() {
      if (durations.isStopped) return;
      durations.isStopped = true;
      meter.removeBatchObservableCallback(observe, observed);
      setStopwatch(undefined);
    },
  };
}

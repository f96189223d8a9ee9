import type { ObserverStats } from '../../core/watching/observerStats.ts';

/** The type of Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [value: number, labels?: Labels];

/**
 * The figures of an observer in Prometheus' text format. Labels are names of queue managers, which are configured, and
 * words of ours: nothing that a client chose is one (H10).
 */
export function metricsText(stats: ObserverStats): string {
  const { totals, managers, lastCycle, store } = stats;
  const untold = Object.entries(lastCycle?.untold ?? {});
  const metrics = [
    gauge('ready', 'Whether changes are taken, and those who registered are told.', [Number(stats.state === 'ready')]),
    gauge('registrations', 'Registrations.', [stats.registrations]),
    gauge('quarantined', 'Registrations that are left alone for a time.', [stats.quarantined]),
    gauge('tombstones', 'Removals that are remembered.', [stats.tombstones]),
    gauge('in_flight', 'Notifications on their way.', [stats.inFlight]),
    counter('cycles_total', 'Looks at the depths of queues.', [totals.cycles]),
    counter(
      'notifications_total',
      'Notifications by their end.',
      [totals.told, { outcome: 'told' }],
      [totals.failed, { outcome: 'failed' }],
    ),
    counter('retries_total', 'Further attempts of notifications.', [totals.retries]),
    counter('quarantines_total', 'Registrations left alone after too many failures.', [totals.quarantined]),
    counter('restores_total', 'Registrations told again after that.', [totals.restored]),
    counter('removals_total', 'Registrations removed.', [totals.removed]),
    gauge(
      'manager_up',
      'Whether a queue manager gave depths when it was last asked.',
      ...managers.map(({ manager, state }): Sample => [Number(state === 'reachable'), { manager }]),
    ),
    gauge(
      'manager_failures',
      'Failures of a queue manager since it last gave depths.',
      ...managers.map(({ manager, failures }): Sample => [failures, { manager }]),
    ),
    ...(lastCycle === undefined
      ? []
      : [
          gauge('last_cycle_end_seconds', 'When the last cycle was over.', [lastCycle.endTime / 1_000]),
          gauge('last_cycle_duration_seconds', 'How long it took.', [
            (lastCycle.endTime - lastCycle.startTime) / 1_000,
          ]),
          gauge(
            'last_cycle_untold',
            'Registrations that nobody tried to tell in it, by reason.',
            ...untold.map(([reason, count]): Sample => [Number(count), { reason }]),
          ),
        ]),
    ...(store === undefined
      ? []
      : [
          gauge('store_dirty', 'Whether something is registered that is not known to be saved.', [Number(store.dirty)]),
          counter('store_saves_total', 'Saves.', [store.saves]),
          counter('store_failures_total', 'Calls of the store that failed.', [store.failures]),
          gauge('store_failing', 'Whether the last call failed.', [Number(store.lastError !== undefined)]),
          ...(store.lastSaveTime === undefined
            ? []
            : [gauge('store_last_save_seconds', 'When it was saved last.', [store.lastSaveTime / 1_000])]),
        ]),
  ];
  return metrics.join('');
}

function gauge(name: string, help: string, ...samples: readonly Sample[]): string {
  return metric('gauge', name, help, samples);
}

function counter(name: string, help: string, ...samples: readonly Sample[]): string {
  return metric('counter', name, help, samples);
}

function metric(type: string, name: string, help: string, samples: readonly Sample[]): string {
  const full = `rxfan_observer_${name}`;
  const lines = samples.map(([value, labels = {}]) => `${full}${labelled(labels)} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join('')}`;
}

function labelled(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

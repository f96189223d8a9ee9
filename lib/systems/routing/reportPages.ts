import type { Observable } from 'rxjs';
import { fromSnapshot } from '../../boundary/fromSnapshot.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import type { Aggregate, AggregatePage, WalkQuery } from '../../core/paging/aggregate.ts';
import { aggregatePages } from '../../core/paging/aggregatePages.ts';
import { pageTokens } from '../../core/paging/pageTokens.ts';
import { alertResource } from './createAlertHub.ts';
import type { ReceiverReport } from './receiverReport.ts';
import type { Routing } from './routing.ts';

type Place = Omit<WalkQuery<never>, 'query'>;

/** The lists of the API, page by page as all lists are. */
export interface ReportPages {
  receivers(place: Place): Observable<AggregatePage<ReceiverReport>>;
  alerts(place: Place): Observable<AggregatePage<{ readonly id: string }>>;
}

/** Pages of what runs, by id. */
export function createReportPages(
  { reports, alerts }: Pick<Routing, 'reports' | 'alerts'>,
  sealer: TokenSealer,
): ReportPages {
  const tokens = pageTokens(sealer);
  const listOf = <T extends { readonly id: string }>(name: string, load: () => readonly T[]): Aggregate<T, object> =>
    aggregatePages({
      sources: [fromSnapshot<T>({ name, load: () => [load()], key: ({ id }) => id, maxAgeMs: 0 })],
      key: ({ id }) => id,
      order: `${name} by id`,
      tokens,
    });
  const receivers = listOf('receivers', reports);
  const raised = listOf('alerts', () => alerts.all().map((alert) => alertResource(alert)));
  return {
    receivers: (place) => receivers.page({ ...place, query: {} }),
    alerts: (place) => raised.page({ ...place, query: {} }),
  };
}

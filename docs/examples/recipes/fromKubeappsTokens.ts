// From Kubeapps' page tokens, which are offsets by plugin in plain JSON, to sealed ones: a client that is in the middle of a
// list goes on where it was, and gets a token of the new kind with its next page.
import { firstValueFrom } from 'rxjs';
import { aggregatePages, fromOffset, pageTokens, type TokenSealer } from 'rxfan';
import { ephemeralSealer } from 'rxfan/node';

interface Chart {
  readonly name: string;
  readonly plugin: string;
}

/** A plugin: its charts by name, by offset and limit. Its name is the one that stands in the old tokens. */
const plugin = (name: string, charts: readonly string[]) =>
  fromOffset({
    name,
    key: (chart: Chart) => chart.name,
    fetch: ({ offset, limit }) => [
      charts.slice(offset, offset + limit).map((chart) => ({ name: chart, plugin: name })),
    ],
  });

const charts = (sealer: TokenSealer, legacy?: 'kubeapps') =>
  aggregatePages({
    sources: [
      plugin('helm.packages', ['airflow', 'ghost', 'kafka', 'nginx', 'redis', 'wordpress']),
      plugin('fluxv2.packages', ['cilium', 'etcd', 'grafana', 'podinfo']),
      plugin('kapp.packages', ['cert-manager']),
    ],
    key: ({ name }) => name,
    tokens: pageTokens(sealer, { legacy }),
    pageSize: { default: 4 },
  });

// What Kubeapps gave with its last page: airflow, cert-manager, cilium, etcd, ghost. `kapp.packages` is used up.
export const old = '{"fluxv2.packages":2,"helm.packages":2,"kapp.packages":-1}';

const sealer = ephemeralSealer({ warn: () => undefined });
const migrating = charts(sealer, 'kubeapps');
export const next = await firstValueFrom(migrating.page({ pageToken: old }));
console.log(next.items.map(({ name }) => name)); // grafana kafka nginx podinfo

// Once old tokens are over, the option goes: tokens that were given out meanwhile stay good, old ones are refused.
const migrated = charts(sealer);
export const last = await firstValueFrom(migrated.page({ pageToken: next.nextPageToken }));
export const refused = await firstValueFrom(migrated.page({ pageToken: old })).catch((error: unknown) => error);
console.log(
  last.items.map(({ name }) => name),
  last.nextPageToken === '',
  String(refused),
);

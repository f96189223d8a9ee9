// Pages of packages from three plugins, one of which is down: one order, one token, and the page says what is missing.
import { EMPTY, expand, firstValueFrom, throwError, timer, map, toArray } from 'rxjs';
import { aggregatePages, fromOffset, fromSnapshot, pageTokens, UnreachableError, type PageSource } from 'rxfan';
import { ephemeralSealer } from 'rxfan/node';

interface Chart {
  readonly name: string;
  readonly from: string;
}

const chart = (from: string) => (name: string) => ({ name, from });
const helm = ['airflow', 'kafka', 'mariadb', 'nginx', 'redis'].map(chart('helm'));
const flux = ['etcd', 'grafana', 'nginx', 'zookeeper'].map(chart('flux'));

const sources: PageSource<Chart>[] = [
  fromSnapshot({ name: 'helm', load: () => [helm], key: ({ name }) => name }),
  // 5 ms for each answer, by offset and limit, as most HTTP APIs have it.
  fromOffset({
    name: 'flux',
    fetch: ({ offset, limit }) => timer(5).pipe(map(() => flux.slice(offset, offset + limit))),
  }),
  { name: 'carvel', fetch: () => throwError(() => new UnreachableError('carvel', 'connection refused')) },
];

const charts = aggregatePages({
  sources,
  key: ({ name }) => name,
  tokens: pageTokens(ephemeralSealer({ warn: () => undefined })),
  onSourceFailure: 'omit',
  pageSize: { default: 4 },
});

export const first = await firstValueFrom(charts.page());
console.log(first.items.map(({ name, from }) => `${name} (${from})`).join(', '), first.unreachable);

// The carvel plugin is missing to the end, so the token never is empty: stop when everybody else has nothing left.
export const names = await firstValueFrom(
  charts.page().pipe(
    expand((page, i) => (i < 2 ? charts.page({ pageToken: page.nextPageToken }) : EMPTY)),
    map(({ items }) => items.map(({ name }) => name)),
    toArray(),
  ),
);
console.log(names);

import * as rx from 'rxjs';
import { heapInUse } from '../support/measure.mjs';
import { loadRxfan } from '../support/rxfan.mjs';

export const title =
  'a walk over a list that is made as it is read: heap in use, in MB, beyond what was in use before it';
export const limit = 'rxjs: merge, toArray, sort';
export const rounds = () => 1;

const SOURCES = 10;
const PAGE = 100;
const MARKS = [0.1, 0.5, 1];

export function cases(quick) {
  const example = (count) => ({ id: `${count} items, ${SOURCES} sources, pages of ${PAGE}`, count });
  return [example(quick ? 200_000 : 1_000_000)];
}

export const contestants = [
  {
    name: 'rxjs: merge, toArray, sort',
    what: 'everything at once: what it holds when all is there',
    run: async (sources, take) => {
      const all$ = rx.merge(...sources.map(itemsByExpand)).pipe(rx.toArray());
      const items = await rx.firstValueFrom(all$);
      items.sort((a, b) => a.id - b.id);
      take(items.length);
      return items;
    },
  },
  {
    name: 'rxfan items',
    what: 'aggregatePages().items()',
    load: loadRxfan,
    run: (sources, take, rxfan) =>
      rx.lastValueFrom(
        aggregated(sources, rxfan)
          .items()
          .pipe(rx.tap(() => take(1))),
      ),
  },
  {
    name: 'rxfan pages',
    what: 'aggregatePages().pages()',
    load: loadRxfan,
    run: async (sources, take, rxfan) => {
      for await (const { items } of aggregated(sources, rxfan).pages({ pageSize: PAGE })) take(items.length);
    },
  },
];

export async function measure({ count }, contestant, tools) {
  const marks = MARKS.map((part) => ({ part, at: part * count }));
  const heap = {};
  let taken = 0;
  const before = heapInUse();
  const take = (items) => {
    taken += items;
    while (marks.length > 0 && taken >= marks[0].at) {
      const { part } = marks.shift();
      heap[`at ${part * 100} %`] = heapInUse() - before;
    }
  };
  await contestant.run(sourcesOf(count), take, tools);
  if (taken !== count) throw new Error(`Error: ${taken} items of ${count}`);
  return heap;
}

export function figures(results) {
  const [example] = results.cases.keys();
  const ours = contestants.filter(({ load }) => load === loadRxfan).map(({ name }) => name);
  return ours.flatMap((who) => {
    const [early, , late] = MARKS.map((part) => results.fact(example, who, `at ${part * 100} %`));
    return [
      { figure: `${who}: MB more at the end than at 10 %`, value: late - early, atMost: 0.5 },
      {
        figure: `${who}: heap at the end / ${limit}`,
        value: late / results.fact(example, limit, 'at 100 %'),
        atMost: 0.1,
      },
    ];
  });
}

/** Item i is source i mod 10's. */
function sourcesOf(count) {
  return Array.from({ length: SOURCES }, (_, s) => async (offset) => {
    const end = Math.min(offset + PAGE, count / SOURCES);
    const items = Array.from({ length: end - offset }, (_, i) => ({
      id: (offset + i) * SOURCES + s,
      name: `item ${offset + i}`,
    }));
    return { items, next: end < count / SOURCES ? end : undefined };
  });
}

function itemsByExpand(fetch) {
  return rx
    .from(fetch(0))
    .pipe(rx.expand(({ next }) => (next === undefined ? rx.EMPTY : fetch(next))))
    .pipe(rx.concatMap(({ items }) => items));
}

function aggregated(sources, { aggregate }) {
  return aggregate({
    sources: sources.map((fetch, s) => ({
      name: `source ${s}`,
      fetch: async ({ pageToken }) => {
        const { items, next } = await fetch(pageToken === undefined ? 0 : Number(pageToken));
        return { items, nextPageToken: next?.toString() };
      },
    })),
    key: ({ id }) => id,
  });
}

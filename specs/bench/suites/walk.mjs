import { firstValueFrom } from 'rxjs';
import { loadRxfan } from '../support/rxfan.mjs';
import { median } from '../support/stats.mjs';
import { VirtualTime } from '../support/virtualTime.mjs';
import { kubeapps, readAhead } from '../support/walkers.mjs';
import { createWorld, KINDS, PAGES, SIZE, SOURCES } from '../support/world.mjs';

export const title = `${PAGES} pages of ${SIZE} over ${SOURCES} remote sources, in virtual time; multiples of the least possible, medians`;
export const limit = 'Kubeapps';
/** In virtual time every round is the same. */
export const rounds = () => 1;

export function cases(quick) {
  return Object.keys(KINDS).map((id) => ({ id, worlds: quick ? 20 : 200 }));
}

export const contestants = [
  { name: 'Kubeapps', what: 'as in its plugin gateway: a fresh fan-in per page from item offsets', open: kubeapps },
  {
    name: 'nothing ahead',
    fullOnly: true,
    what: 'hand-written, held open: fetches a page when it is needed',
    open: readAhead(0),
  },
  {
    name: 'one page ahead',
    fullOnly: true,
    what: 'hand-written, held open: always one page more per source',
    open: readAhead(1),
  },
  {
    name: 'two pages ahead',
    fullOnly: true,
    what: 'hand-written, held open: always two pages more per source',
    open: readAhead(2),
  },
  {
    name: 'rxfan pages',
    what: 'aggregatePages().pages(), held open',
    load: loadRxfan,
    open: (sources, { aggregate }) => {
      const pages = aggregate(inRxfan(sources)).pages({ pageSize: SIZE })[Symbol.asyncIterator]();
      return { next: async () => (await pages.next()).value.items, close: () => pages.return() };
    },
  },
  {
    name: 'rxfan page, keyset sources',
    what: 'aggregatePages().page() with the token of the page before; what was in hand is in the cache',
    load: loadRxfan,
    open: (sources, { aggregate }) => {
      const list = aggregate(inRxfan(sources, 'keyset'));
      return byToken((pageToken) => firstValueFrom(list.page({ pageSize: SIZE, pageToken })));
    },
  },
  {
    name: 'rxfan page, a process each',
    what: 'the same without a cache: every page comes from a process that has seen none before it',
    load: loadRxfan,
    open: (sources, { aggregate }) =>
      byToken((pageToken) =>
        firstValueFrom(aggregate({ ...inRxfan(sources), cache: { maxItems: 0 } }).page({ pageSize: SIZE, pageToken })),
      ),
  },
];

export async function measure({ id, worlds }, contestant, tools) {
  const time = new VirtualTime();
  const runs = [];
  for (let seed = 1; seed <= worlds; seed++) {
    const world = createWorld(KINDS[id], seed);
    const run = await walk(time, world, contestant, tools);
    runs.push({
      time: run.wall / world.least.wall,
      calls: run.calls / world.least.calls,
      'calls per page': run.calls / PAGES,
      'first page': run.first / world.slowestFirstAnswer,
    });
  }
  return Object.fromEntries(Object.keys(runs[0]).map((fact) => [fact, median(runs.map((run) => run[fact]))]));
}

export function figures(results) {
  const MOST_TIME = { alike: 1.15, blocks: 1.5 };
  const all = [...results.cases.keys()];
  const [kept, cached, fresh] = contestants.map(({ name }) => name).filter((name) => name.startsWith('rxfan'));
  const fact = (example, name, atMost) => ({
    figure: `${example}: ${kept}: ${name}`,
    value: results.fact(example, kept, name),
    atMost,
    exact: true,
  });
  const worst = (figure, values, atMost) => ({
    figure: `${figure}, in the worst case`,
    value: Math.max(...values),
    atMost,
    exact: true,
  });
  const toKubeapps = (who) =>
    all.map((example) => results.fact(example, who, 'time') / results.fact(example, limit, 'time'));
  return [
    ...all.flatMap((example) => [
      fact(example, 'time', MOST_TIME[example] ?? 1.05),
      fact(example, 'calls', 1.25),
      fact(example, 'first page', 1.05),
    ]),
    worst(
      `${cached}: calls`,
      all.map((example) => results.fact(example, cached, 'calls')),
      1.05,
    ),
    worst(
      `${fresh}: calls per page`,
      all.map((example) => results.fact(example, fresh, 'calls per page')),
      SOURCES + 1,
    ),
    ...[kept, cached, fresh].map((who) => worst(`${who}: time / ${limit}`, toKubeapps(who), 1)),
  ];
}

async function walk(time, world, { open }, tools) {
  let calls = 0;
  let first;
  let wall;
  const items = [];
  const sources = world.sourcesOver((ms) => {
    calls++;
    return time.sleep(ms);
  });
  await time.run(async () => {
    const walker = open(sources, tools);
    for (let page = 0; page < PAGES; page++) {
      items.push(...(await walker.next()));
      first ??= time.now;
    }
    wall = time.now;
    await walker.close?.();
  });
  if (items.length !== PAGES * SIZE || items.some(({ id }, i) => id !== i)) throw new Error('Error: wrong items');
  return { wall, calls, first };
}

function byToken(pageAfter) {
  let token;
  return {
    next: async () => {
      const page = await pageAfter(token);
      token = page.nextPageToken;
      return page.items;
    },
  };
}

function inRxfan(sources, paging = 'offset') {
  return {
    sources: sources.map(({ fetch }, s) => ({
      name: `source ${s}`,
      paging,
      fetch: async ({ pageToken }) => {
        const { items, next } = await fetch(pageToken === undefined ? 0 : Number(pageToken));
        return { items, nextPageToken: next?.toString() };
      },
    })),
    key: ({ id }) => id,
    timeoutMs: 600_000,
  };
}

import * as rx from 'rxjs';
import { pagesOfSources } from '../support/data.mjs';
import { LoserTree } from '../support/loserTree.mjs';
import { bestOf } from '../support/measure.mjs';
import { loadRxfan } from '../support/rxfan.mjs';

export const title = 'k sorted lists of pages, in memory, become one sorted list of objects compared by name';
export const unit = 'items/s';
export const limit = 'hand-written';
export const rounds = (quick) => (quick ? 2 : 5);

export function cases(quick) {
  const count = (k) => (quick ? (k >= 1000 ? 500_000 : 200_000) : 1_000_000); // enough to fetch pages, and not only first ones
  const example = (k, page) => ({ id: `k=${k} page=${page}`, k, page, count: count(k) });
  const always = [example(10, 100), example(1000, 100)];
  return quick ? always : [...always, example(10, 20), example(10, 1000), example(100, 100)];
}

/** Those that take a comparison with every source per item, or a promise, get fewer items: they are that slow. */
const few = ({ k, count }) => Math.min(count, k >= 1000 ? 20_000 : k >= 100 ? 50_000 : 200_000);
const sourcesOf = ({ k }) => Array.from({ length: k }, (_, s) => s);

export const contestants = [
  {
    name: 'hand-written',
    what: 'a loser tree over pages fetched by a plain call, items into arrays',
    run({ k, key, fetchNow }, sink) {
      const tree = new LoserTree(k, key);
      const tokens = new Array(k);
      const feed = (s) => {
        const { items, next } = fetchNow(s, tokens[s]);
        tokens[s] = next;
        tree.feed(s, items);
      };
      for (let s = 0; s < k; s++) feed(s);
      tree.build();
      for (;;) {
        const out = [];
        const s = tree.drain(out);
        if (out.length > 0) sink.batch(out);
        if (s === -1) return;
        if (tokens[s] === undefined) tree.feed(s, null);
        else feed(s);
      }
    },
  },
  {
    name: 'rxfan pages',
    what: 'aggregatePages().pages(), pages of 1 000',
    load: loadRxfan,
    run: async (list, sink, rxfan) => {
      for await (const { items } of aggregated(list, rxfan).pages({ pageSize: 1_000 })) sink.batch(items);
    },
  },
  {
    name: 'rxfan pages of 20',
    fullOnly: true,
    what: 'aggregatePages().pages(), pages of 20',
    load: loadRxfan,
    run: async (list, sink, rxfan) => {
      for await (const { items } of aggregated(list, rxfan).pages({ pageSize: 20 })) sink.batch(items);
    },
  },
  {
    name: 'rxfan items',
    what: 'aggregatePages().items()',
    load: loadRxfan,
    run: (list, sink, rxfan) => settled(aggregated(list, rxfan).items(), sink),
  },
  {
    name: 'rxfan for await',
    fullOnly: true,
    what: 'for await over pages(), for over the items of each',
    load: loadRxfan,
    run: async (list, sink, rxfan) => {
      for await (const { items } of aggregated(list, rxfan).pages({ pageSize: 1_000 }))
        for (const item of items) sink.item(item);
    },
  },
  {
    name: 'rxfan mergeSorted',
    fullOnly: true,
    what: 'mergeSorted over arrays of items',
    load: loadRxfan,
    run: (list, sink, { mergeSorted }) => settled(mergeSorted(list.whole, { compare: list.compare }), sink),
  },
  {
    name: 'rxfan mergeSorted, Observables',
    what: 'mergeSorted over cold Observables that fetch page by page',
    load: loadRxfan,
    run: (list, sink, { mergeSorted }) =>
      settled(
        mergeSorted(
          sourcesOf(list).map((s) => itemsByExpand(list, s)),
          { compare: list.compare, bufferSize: list.count },
        ),
        sink,
      ),
  },
  {
    name: 'rxjs: merge, toArray, sort',
    fullOnly: true,
    what: 'everything at once, then Array.sort',
    run: (list, sink) =>
      settled(
        rx.merge(...sourcesOf(list).map((s) => itemsByExpand(list, s))).pipe(
          rx.toArray(),
          rx.concatMap((items) => items.sort(list.compare)),
        ),
        sink,
      ),
  },
  {
    name: 'rxjs: async iterators, linear scan',
    fullOnly: true,
    what: 'what is written by hand with RxJS: each source into an async iterator, the smallest head by a loop',
    count: few,
    run: (list, sink) =>
      settled(
        rx.from(
          scan(
            sourcesOf(list).map((s) => toAsyncIterator(itemsByExpand(list, s))),
            list.compare,
          ),
        ),
        sink,
      ),
  },
  {
    name: 'async generators, tinyqueue',
    fullOnly: true,
    what: 'a heap of heads over async generators of pages',
    load: async () => ({ TinyQueue: (await import('tinyqueue')).default }),
    count: ({ count }) => Math.min(count, 200_000),
    async run(list, sink, { TinyQueue }) {
      const { compare } = list;
      const queue = new TinyQueue([], (a, b) => compare(a.items[a.at], b.items[b.at]) || a.s - b.s);
      const lists = sourcesOf(list).map((s) => pagesOf(list, s));
      const pull = async (s) => {
        const { done, value } = await lists[s].next();
        if (!done) queue.push({ s, items: value, at: 0 });
      };
      await Promise.all(sourcesOf(list).map(pull));
      for await (const item of heads()) sink.item(item);

      async function* heads() {
        while (queue.length > 0) {
          const head = queue.pop();
          yield head.items[head.at++];
          if (head.at < head.items.length) queue.push(head);
          else await pull(head.s);
        }
      }
    },
  },
  {
    name: 'linear scan',
    fullOnly: true,
    what: 'the smallest of k heads by a loop, pages fetched by a plain call: what Kubeapps does',
    count: few,
    run({ k, compare, fetchNow }, sink) {
      const pages = Array.from({ length: k }, (_, s) => fetchNow(s));
      const taken = new Array(k).fill(0);
      for (;;) {
        let best = -1;
        for (let s = 0; s < k; s++) {
          if (pages[s] === undefined) continue;
          if (best < 0 || compare(pages[s].items[taken[s]], pages[best].items[taken[best]]) < 0) best = s;
        }
        if (best < 0) return;
        const { items, next } = pages[best];
        sink.item(items[taken[best]++]);
        if (taken[best] < items.length) continue;
        pages[best] = next === undefined ? undefined : fetchNow(best, next);
        taken[best] = 0;
      }
    },
  },
  {
    name: '@davidosborn/merge-sort-stream',
    what: 'the fastest package on npm that merges sorted streams',
    load: async () => {
      const { default: merge } = await import('@davidosborn/merge-sort-stream');
      return { merge: merge.default ?? merge, Readable: (await import('node:stream')).Readable };
    },
    count: few,
    run: (list, sink, { merge, Readable }) =>
      new Promise((resolve, reject) => {
        const streams = sourcesOf(list).map((s) => Readable.from(itemsOf(list, s)));
        merge(list.compare, streams).on('data', sink.item).on('end', resolve).on('error', reject);
      }),
  },
];

export async function measure(example, contestant, tools, quick) {
  const count = contestant.count?.(example) ?? example.count;
  const sources = pagesOfSources({ ...example, count });
  const whole = sources.map((pages) => pages.flat());
  const list = listOf({ ...example, count, whole, compare: byName }, sources);

  const checked = collect();
  await contestant.run(list, checked, tools);
  const problem = checked.problem(count);
  if (problem !== undefined) throw new Error(`Error: ${problem}`);

  let taken = 0;
  const take = (item) => (taken += item.v & 1);
  const sink = { item: take, batch: (items) => items.forEach(take) };
  const ms = await bestOf(async () => contestant.run(list, sink, tools), { budgetMs: quick ? 700 : 2_500 });

  // Last, for a comparator that counts is one more kind of comparator, and the code has seen only one so far.
  let comparisons = 0;
  const counted = {
    compare: (a, b) => (comparisons++, byName(a, b)),
    compareNames: (a, b) => (comparisons++, a < b ? -1 : a > b ? 1 : 0),
  };
  await contestant.run({ ...list, ...counted }, sink, tools);
  if (taken < 0) throw new Error('Error: nothing can be less than nothing'); // uses what the sink did
  return { rate: (count / ms) * 1000, ...(comparisons > 0 && { 'comparisons per item': comparisons / count }) };
}

export function figures(results) {
  const ids = new Set(results.cases.keys());
  const of = (figure, value, bounds) => ({ figure, value, ...bounds });
  const perCase = cases(false)
    .filter(({ id }) => ids.has(id))
    .flatMap(({ id, k }) => {
      const to = (who, than, atLeast) => of(`${id}: ${who} / ${than}`, results.ratio(id, who, than), { atLeast });
      const compared = (who, most) =>
        of(`${id}: ${who}: comparisons per item`, results.fact(id, who, 'comparisons per item'), {
          atMost: most,
          exact: true,
        });
      return [
        to('rxfan pages', limit, 0.8),
        to('rxfan items', limit, 0.8),
        to('rxfan for await', limit, 0.5),
        to('rxfan mergeSorted, Observables', limit, 0.35),
        to('rxfan items', '@davidosborn/merge-sort-stream', k === 1000 ? 30 : 4),
        compared('rxfan items', Math.log2(k) + 0.5), // that the order of every source is verified included
      ];
    });
  const slowdown = (who) => results.fact('k=10 page=100', who, 'rate') / results.fact('k=1000 page=100', who, 'rate');
  const growth = ids.has('k=1000 page=100')
    ? [of('rxfan items: cost per item, k=1000 / k=10', slowdown('rxfan items'), { atMost: 3.6 })]
    : [];
  return [...perCase, ...growth];
}

/** Every page is made before it is asked for: what is measured is the merge. */
function listOf(list, sources) {
  const answers = sources.map((pages) =>
    pages.map((items, i) => ({ items, ...(i + 1 < pages.length && { next: i + 1, nextPageToken: `${i + 1}` }) })),
  );
  const fetchNow = (s, token = 0) => answers[s][token] ?? { items: [] };
  return { ...list, key, fetchNow, fetch: (s, token) => Promise.resolve(fetchNow(s, token)) };
}

function key(item) {
  return item.name;
}

function byName(a, b) {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** A sink that proves order and completeness. */
function collect() {
  const seen = new Set();
  let last = '';
  let unsorted = 0;
  const item = ({ name, v }) => {
    if (name < last) unsorted++;
    last = name;
    seen.add(v);
  };
  return {
    item,
    batch: (items) => items.forEach(item),
    problem: (count) =>
      unsorted > 0
        ? `${unsorted} items out of order`
        : seen.size !== count
          ? `${seen.size} items of ${count}`
          : undefined,
  };
}

function settled(source, sink) {
  return new Promise((resolve, reject) => {
    source.subscribe({ next: sink.item, complete: resolve, error: reject });
  });
}

/** With the default order, unless comparisons are to be counted. */
function aggregated(list, { aggregate }) {
  return aggregate({
    sources: sourcesOf(list).map((s) => ({
      name: `source ${s}`,
      fetch: ({ pageToken }) => list.fetch(s, pageToken === undefined ? undefined : Number(pageToken)),
    })),
    key,
    compare: list.compareNames,
  });
}

function itemsByExpand(list, s) {
  return rx
    .defer(() => list.fetch(s))
    .pipe(
      rx.expand(({ next }) => (next === undefined ? rx.EMPTY : list.fetch(s, next))),
      rx.concatMap(({ items }) => items),
    );
}

async function* pagesOf(list, s) {
  let token;
  do {
    const { items, next } = await list.fetch(s, token);
    yield items;
    token = next;
  } while (token !== undefined);
}

async function* itemsOf(list, s) {
  for await (const items of pagesOf(list, s)) yield* items;
}

async function* scan(iterators, compare) {
  const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
  for (;;) {
    let best = -1;
    for (let s = 0; s < heads.length; s++) {
      if (heads[s].done) continue;
      if (best < 0 || compare(heads[s].value, heads[best].value) < 0) best = s;
    }
    if (best < 0) return;
    yield heads[best].value;
    heads[best] = await iterators[best].next();
  }
}

/** The usual helper, with a queue that has no bound. */
async function* toAsyncIterator(source) {
  const queue = [];
  let taken = 0;
  let done = false;
  let wake = () => {};
  const subscription = source.subscribe({
    next: (value) => {
      queue.push(value);
      wake();
    },
    complete: () => {
      done = true;
      wake();
    },
  });
  try {
    for (;;) {
      if (taken < queue.length) yield queue[taken++];
      else if (done) return;
      else {
        queue.length = taken = 0;
        await new Promise((resolve) => (wake = resolve));
      }
    }
  } finally {
    subscription.unsubscribe();
  }
}

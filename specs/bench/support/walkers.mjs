import { SIZE, SOURCES } from './world.mjs';

/**
 * Kubeapps' plugin gateway: every page is a fresh fan-in from item offsets. Each plugin is asked for a share of the page
 * at a time, and for more as soon as the last item it gave was taken over. What was fetched and not used is dropped.
 */
export function kubeapps(sources) {
  const share = Math.max(1, Math.floor(SIZE / (SOURCES - 1)));
  const offsets = sources.map(() => 0);

  return {
    async next() {
      const channels = sources.map(({ fetch }, s) => channel(fetch, offsets[s], share));
      const heads = [];
      const page = [];
      while (page.length < SIZE) {
        for (const [s, { take }] of channels.entries()) heads[s] ??= await take();
        const best = smallest(heads);
        page.push(heads[best]);
        heads[best] = undefined;
        offsets[best]++;
      }
      for (const { stop } of channels) stop();
      return page;
    },
  };
}

/** Items one at a time; the next call starts when the last item of the one before was taken. */
function channel(fetch, offset, size) {
  let items = [];
  let next = offset;
  let stopped = false;
  let coming = fetch(next, size);
  return {
    async take() {
      if (items.length === 0) {
        if (coming === undefined) return undefined;
        ({ items, next } = await coming);
        coming = undefined;
      }
      const item = items.shift();
      if (items.length === 0 && next !== undefined && !stopped) coming = fetch(next, size);
      return item;
    },
    stop: () => (stopped = true),
  };
}

/** A walk held open that keeps `depth` pages per source beyond the one in hand; one call per source at a time. */
export function readAhead(depth) {
  return (sources) => {
    const lanes = sources.map(({ fetch }) => {
      const lane = { pages: [], taken: 0, next: 0, coming: undefined };
      const top = () => {
        if (lane.coming || lane.next === undefined || lane.pages.length > depth) return;
        lane.coming = fetch(lane.next).then(({ items, next }) => {
          lane.coming = undefined;
          lane.next = next;
          if (items.length > 0) lane.pages.push(items);
          top();
        });
      };
      return Object.assign(lane, { top });
    });

    return {
      async next() {
        const page = [];
        while (page.length < SIZE) {
          for (const lane of lanes) if (lane.pages.length === 0) lane.top();
          const missing = lanes.filter(({ pages, coming }) => pages.length === 0 && coming);
          if (missing.length > 0) {
            await Promise.all(missing.map(({ coming }) => coming));
            continue;
          }
          const lane = lanes[smallest(lanes.map(({ pages, taken }) => pages[0]?.[taken]))];
          page.push(lane.pages[0][lane.taken++]);
          if (lane.taken < lane.pages[0].length) continue;
          lane.pages.shift();
          lane.taken = 0;
          if (depth > 0) lane.top();
        }
        return page;
      },
    };
  };
}

function smallest(heads) {
  let best = -1;
  for (let s = 0; s < heads.length; s++) if (heads[s] && (best < 0 || heads[s].id < heads[best].id)) best = s;
  return best;
}

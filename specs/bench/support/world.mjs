import { chance } from './stats.mjs';

export const PAGES = 50;
export const SIZE = 20;
export const SOURCES = 10;

/** Enough that no source runs dry because of how much is walked. */
const ITEMS = 2 * PAGES * SIZE;
/** Latencies are lognormal, 5 to 50 ms from the 5th to the 95th percentile. */
const SPREAD = 0.7;
const MIDDLE_MS = 15.8;

const anyone = (random) => Math.floor(random() * SOURCES);

/** How slow source 0 is, and which source has the next item. */
export const KINDS = {
  alike: { slow: 1, owner: anyone },
  'one 10x slower': { slow: 10, owner: anyone },
  'one has 80 %, another is 10x slower': { slow: 10, owner: (random) => (random() < 0.8 ? 1 : anyone(random)) },
  'one has 80 % and is 10x slower': { slow: 10, owner: (random) => (random() < 0.8 ? 0 : anyone(random)) },
  blocks: { slow: 10, owner: (random, before) => (random() < 1 / 50 ? anyone(random) : before) },
};

/**
 * Sources with their items and latencies. The latency of a call depends on the source and on what is asked for, not on
 * when: all walkers meet the same world. `least` is what no walker can beat that asks a source for one page at a time.
 */
export function createWorld({ slow, owner }, seed) {
  const random = chance(seed * 7919 + 13);
  const owners = [];
  for (let id = 0; id < ITEMS; id++) owners.push(owner(random, owners.at(-1) ?? 0));
  const lists = Array.from({ length: SOURCES }, (_, s) => owners.flatMap((who, id) => (who === s ? [{ id }] : [])));

  const latency = (s, offset) => {
    const draw = chance(seed * 1000003 + s * 10007 + offset * 101 + 5);
    draw();
    draw();
    const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    return MIDDLE_MS * Math.exp(SPREAD * normal) * (s === 0 ? slow : 1);
  };

  return {
    least: leastOf(lists, owners, latency),
    slowestFirstAnswer: Math.max(...lists.map((_, s) => latency(s, 0))),
    /** Sources that take `sleep(ms)` to answer `fetch(offset, size)`. */
    sourcesOver: (sleep) =>
      lists.map((list, s) => ({
        fetch: async (offset, size = SIZE) => {
          await sleep(latency(s, offset));
          return {
            items: list.slice(offset, offset + size),
            next: offset + size < list.length ? offset + size : undefined,
          };
        },
      })),
  };
}

/** The chain of calls of each source that the last page needs, and the longest of them. */
function leastOf(lists, owners, latency) {
  let wall = 0;
  let calls = 0;
  lists.forEach((list, s) => {
    const taken = owners.slice(0, PAGES * SIZE).filter((who) => who === s).length;
    // The head of every source must be known, but not that of the one that gave the last item.
    const seen = Math.min(list.length, taken + (owners[PAGES * SIZE - 1] === s ? 0 : 1));
    const pages = Math.max(1, Math.ceil(seen / SIZE));
    const chain = Array.from({ length: pages }, (_, page) => latency(s, page * SIZE)).reduce((sum, ms) => sum + ms, 0);
    calls += pages;
    wall = Math.max(wall, chain);
  });
  return { wall, calls };
}

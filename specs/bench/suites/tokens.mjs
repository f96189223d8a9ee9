import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval, setTimeout } from 'node:timers';
import { firstValueFrom } from 'rxjs';
import { loadRxfan } from '../support/rxfan.mjs';
import { quantile } from '../support/stats.mjs';

export const title =
  'healthy calls for pages with their tokens, over 10 sources of 5 ms, while random tokens arrive that are all refused';
export const limit = 'rxfan page';
export const rounds = (quick) => (quick ? 1 : 5);

const SOURCES = 10;
const SOURCE_MS = 5;
const CALLERS = 20;
const PAGE = 20;
const ITEMS = 500;
const FLOOD_PER_S = 10_000;
const WINDOW_MS = 500;
/** As long as a token of ten sources. */
const TOKEN_BYTES = 700;

export function cases(quick) {
  return [{ id: `${CALLERS} callers`, windows: quick ? 6 : 20 }];
}

export const contestants = [{ name: limit, what: 'a flood every other half a second', load: loadRxfan }];

/** Both states in one process and in turn: what else the machine does meets them alike. */
export async function measure({ windows }, _, { aggregate }) {
  const list = aggregate({ sources: Array.from({ length: SOURCES }, (__, s) => source(s)), key: ({ id }) => id });
  const tokens = Array.from({ length: FLOOD_PER_S }, () => randomBytes(TOKEN_BYTES).toString('base64url'));
  const took = { quiet: [], flooded: [] };
  let refused = 0;
  await callers(list, WINDOW_MS, []); // the code is warm when it counts

  for (let window = 0; window < windows; window++) {
    const isFlooded = window % 2 === 1;
    const flood = isFlooded ? startFlood(list, tokens) : undefined;
    await callers(list, WINDOW_MS, isFlooded ? took.flooded : took.quiet);
    if (flood !== undefined) refused += flood.stop();
  }
  const [quiet, flooded] = [quantile(took.quiet, 0.99), quantile(took.flooded, 0.99)];
  return {
    'p99 quiet, ms': quiet,
    'p99 flooded, ms': flooded,
    'flooded / quiet': flooded / quiet,
    'refused a second': (refused / ((windows / 2) * WINDOW_MS)) * 1_000,
  };
}

export function figures(results) {
  const fact = (name) => results.fact(cases(false)[0].id, limit, name);
  return [
    { figure: 'p99 of healthy calls, flooded / quiet', value: fact('flooded / quiet'), atMost: 1.2 },
    { figure: 'random tokens refused a second', value: fact('refused a second'), atLeast: 0.98 * FLOOD_PER_S },
  ];
}

function callers(list, ms, took) {
  const end = performance.now() + ms;
  return Promise.all(Array.from({ length: CALLERS }, () => walk(list, end, took)));
}

/** Page after page, each with the token of the one before, from the start again at the end. */
async function walk(list, end, took) {
  let pageToken = '';
  while (performance.now() < end) {
    const from = performance.now();
    const { nextPageToken, items } = await firstValueFrom(list.page({ pageToken, pageSize: PAGE }));
    took.push(performance.now() - from);
    if (items.length === 0) throw new Error('Error: an empty page');
    pageToken = nextPageToken;
  }
}

function startFlood(list, tokens) {
  const from = performance.now();
  let sent = 0;
  let refused = 0;
  const error = ({ code }) => {
    if (code === 'invalid_page_token') refused++;
  };
  const timer = setInterval(() => {
    const due = ((performance.now() - from) / 1_000) * FLOOD_PER_S;
    while (sent < due) list.page({ pageToken: tokens[sent++ % tokens.length] }).subscribe({ error });
  }, 1);

  return {
    stop() {
      clearInterval(timer);
      if (refused !== sent) throw new Error(`Error: ${refused} refused of ${sent}`);
      return refused;
    },
  };
}

function source(s) {
  const items = Array.from({ length: ITEMS }, (_, i) => ({ id: `item ${String(i * SOURCES + s).padStart(6, '0')}` }));
  return {
    name: `source ${s}`,
    fetch: async ({ pageToken, pageSize }) => {
      await new Promise((resolve) => setTimeout(resolve, SOURCE_MS));
      const from = Number(pageToken ?? 0);
      const next = from + pageSize;
      return { items: items.slice(from, next), nextPageToken: next < ITEMS ? String(next) : '' };
    },
  };
}

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';
import { postLoad } from '../support/postLoad.mjs';
import { quantile } from '../support/stats.mjs';

export const title = 'registrations over HTTP, each checked and kept in memory, over 50 connections';
export const unit = 'registrations/s';
export const limit = 'bare node:http';
export const rounds = () => 1;

const CONNECTIONS = 50;
const IDS = 200; // of each connection: 10 000 registrations, which are replaced again and again
const PER_SECOND = 8_000;

export function cases() {
  return [{ id: `${CONNECTIONS} connections` }];
}

const program = (dist) => path.join(dist, 'lib/systems/cli/main.js');

export const contestants = [
  {
    name: limit,
    what: 'reads the body, parses it, keeps it and sends it back',
    load: () => [fileURLToPath(new URL('../support/bareServer.mjs', import.meta.url))],
  },
  { name: 'rxfan observer', what: 'the program, as it is started', load: (dist) => [program(dist), 'observer'] },
];

export async function measure(_, __, args, quick) {
  const folder = mkdtempSync(path.join(tmpdir(), 'rxfan-bench-'));
  const env = {
    PATH: process.env.PATH,
    OBSERVER_MAX_REGISTRATIONS: '100000',
    OBSERVER_MAX_REGISTRATIONS_PER_OWNER: '100000',
  };
  const port = args.includes('observer') ? ['--port', '0'] : [];
  const child = spawn(process.execPath, [...args, ...port], { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const url = await readyUrl(child);
    const load = (forMs) =>
      postLoad({ port: Number(url.port), path: '/register', connections: CONNECTIONS, forMs, bodyOf });
    await load(quick ? 1_000 : 3_000); // the code is warm when it counts
    const from = performance.now();
    const { answered, failed, took } = await load(quick ? 3_000 : 30_000);
    const seconds = (performance.now() - from) / 1_000;
    const rate = answered / seconds;
    // A short run on a busy machine says something beside another server, and little by itself.
    return { rate, 'not 2xx': failed, 'p99, ms': quantile(took, 0.99), ...(!quick && { 'for 30 s': rate }) };
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

export function figures(results) {
  const [{ id }] = cases();
  const rate = results.fact(id, 'rxfan observer', 'for 30 s');
  return [
    { figure: 'registrations a second, for 30 s', value: Number.isNaN(rate) ? undefined : rate, atLeast: PER_SECOND },
    { figure: 'answers that are not 2xx', value: results.fact(id, 'rxfan observer', 'not 2xx'), atMost: 0 },
    { figure: `registrations a second / ${limit}`, value: results.ratio(id, 'rxfan observer'), atLeast: 0.2 },
  ];
}

function readyUrl(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += String(data);
      const [found] = /http:\S+/.exec(text) ?? [];
      if (found !== undefined) resolve(new URL(found));
    });
    child.once('exit', (code) => reject(new Error(`Error: the server ended with ${code}`)));
  });
}

/** Each is another change: the same id, and another target. */
function bodyOf(connection, n) {
  return JSON.stringify({
    id: `c${connection}-${n % IDS}`,
    qmgr: 'QM1',
    queue: `APP.QUEUE.${connection}`,
    notify: `https://app-${n}.example.com/wake`,
  });
}

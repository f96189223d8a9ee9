import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { clearTimeout, setTimeout } from 'node:timers';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, URL } from 'node:url';
import { chance, quantile } from '../../bench/support/stats.mjs';
import { figure } from '../support/figure.mjs';

const PROGRAM = fileURLToPath(new URL('../support/stopProgram.mjs', import.meta.url));
/** Beyond its deadline, W8: a timer that fires late, and what is left to do then. */
const MOST_LATE_MS = 250;
/** Of a program after its last stop: nothing keeps it. */
const LEAVES_WITHIN_MS = 5_000;
const AT_THE_SAME_TIME = Math.max(1, availableParallelism() - 1); // one core is for whoever watches
const MOMENTS_OF_ONE = 45;

export const checks = [
  { name: 'W8, W10 SIGTERM at a random moment under load', quickly: 0.04, run: processes },
  { name: 'W8 SIGTERM at random moments, an engine after the other', quickly: 0.04, run: engines },
];

/** 200 programs, each with one engine. */
function processes({ dist, share }) {
  return stopped({ dist, count: Math.round(200 * share), moments: undefined });
}

/** 810 engines in some programs. */
function engines({ dist, share }) {
  const count = Math.ceil((810 * share) / MOMENTS_OF_ONE);
  return stopped({ dist, count, moments: Math.round((810 * share) / count) });
}

async function stopped({ dist, count, moments }) {
  const folder = await mkdtemp(path.join(tmpdir(), 'rxfan-stop-'));
  const seed = Number(process.env.STOP_SEED ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`STOP_SEED=${seed}\n`);
  const random = chance(seed);
  const tasks = Array.from({ length: count }, (_, i) => ({
    waitMs: random() * 150,
    task: { dist, seed: seed + i, moments, folder: path.join(folder, `${i}`) },
  }));
  const stories = [];
  const work = async () => {
    for (let next = tasks.shift(); next; next = tasks.shift()) stories.push(await play(next));
  };
  await Promise.all(Array.from({ length: AT_THE_SAME_TIME }, work));
  await rm(folder, { recursive: true, force: true });

  const stops = stories.flatMap((story) => story.stops);
  const faults = stories.flatMap((story) => [...story.faults, ...story.stops.flatMap((stop) => stop.faults)]);
  if (faults.length > 0) process.stderr.write(`Error: ${faults.slice(0, 3).join('; ')}\n`);
  const sum = (end) => stops.reduce((total, { jobs }) => total + jobs[end], 0);
  const lateMs = stops.map((stop) => stop.lateMs);
  const latest = stops.reduce((late, stop) => (stop.lateMs > late.lateMs ? stop : late));
  return [
    figure('moments', stops.length, { exactly: count * (moments ?? 1) }),
    figure('programs that left by themselves with code 0', stories.filter((story) => story.left).length, {
      exactly: count,
    }),
    figure('faults in accounts', faults.length, { exactly: 0 }),
    figure('ms beyond the deadline, at most', Math.max(...lateMs), { atMost: MOST_LATE_MS }),
    figure('ms beyond the deadline, p99', quantile(lateMs, 0.99)),
    figure('of the latest one, ms of processor', latest.workedMs),
    figure('jobs', sum('started'), { atLeast: stops.length }),
    ...['succeeded', 'failed', 'timedOut', 'cancelled', 'rejected'].map((end) => figure(end, sum(end), { atLeast: 1 })),
    figure('ms from the last stop until the program had left, at most', Math.max(...stories.map((s) => s.leftMs))),
  ];
}

/** Runs a program to its end: it is killed, and that is a fault, where it does not leave. */
async function play({ waitMs, task }) {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const stops = [];
  let errors = '';
  let lastStop = performance.now();
  let guard;
  const watch = (ms) => {
    clearTimeout(guard);
    guard = setTimeout(() => child.kill('SIGKILL'), ms);
  };
  child.stderr.on('data', (text) => (errors += text));
  createInterface({ input: child.stdout }).on('line', (line) => {
    lastStop = performance.now();
    watch(LEAVES_WITHIN_MS);
    const told = JSON.parse(line);
    if (told.ready) void wait(waitMs).then(() => child.kill('SIGTERM'));
    else stops.push(told);
  });
  watch(30_000);
  const [code, signal] = await once(child, 'close');
  clearTimeout(guard);
  const left = code === 0 && signal === null;
  return {
    stops,
    left,
    leftMs: performance.now() - lastStop,
    faults: left && errors === '' ? [] : [`a program ended with ${signal ?? code}: ${errors.slice(0, 300)}`],
  };
}

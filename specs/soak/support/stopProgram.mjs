// A program with an engine under load, which SIGTERM stops. Prints a line when it is ready and one per stop, and leaves by
// itself. Started by suites/stop.mjs: with `moments` it also sends itself that signal, so many times, an engine for each.
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { setTimeout } from 'node:timers';
import { pathToFileURL } from 'node:url';
import { chance } from '../../bench/support/stats.mjs';
import { loadedEngine } from './loadedEngine.mjs';

const LONGEST_LOAD_MS = 150;
const DEADLINES_MS = [0, 10, 30, 80];

const { dist, seed, moments, folder } = JSON.parse(process.argv[2]);
const open = (door) => import(pathToFileURL(path.join(dist, door, 'index.js')));
const { createWorkEngine } = await open('lib');
const { memoryJobStore } = await open('lib/adapters/memory');
const { fileJobStore } = await open('lib/adapters/file');

const random = chance(seed);
const pick = (choices) => choices[Math.floor(random() * choices.length)];
const noise = [];
for (const event of ['uncaughtException', 'unhandledRejection', 'warning'])
  process.on(event, (cause) => noise.push(`${event}: ${cause?.stack ?? cause}`));

for (let moment = 0; moment < (moments ?? 1); moment++) {
  const store = pick([undefined, memoryJobStore(), fileJobStore({ folder: path.join(folder, `${moment}`) })]);
  const how = { deadlineMs: pick(DEADLINES_MS), mode: pick(['drain', 'drain', 'abort']) };
  const signalled = once(process, 'SIGTERM');
  const engine = loadedEngine({ createWorkEngine, random, store, channels: pick(['perJob', 'perTopic']) });
  if (moments === undefined) console.log('{"ready":true}');
  else setTimeout(() => process.kill(process.pid, 'SIGTERM'), random() * LONGEST_LOAD_MS);
  await signalled;
  const { tookMs, workedMs, jobs, faults } = await engine.stop(how);
  console.log(JSON.stringify({ lateMs: tookMs - how.deadlineMs, workedMs, jobs, faults: [...faults, ...noise] }));
}

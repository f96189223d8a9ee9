import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout } from 'node:timers';
import { fileURLToPath, URL } from 'node:url';
import { chance } from '../../bench/support/stats.mjs';
import { figure } from '../support/figure.mjs';
import { faultsOf } from '../support/registryChanges.mjs';

const PROGRAM = fileURLToPath(new URL('../support/registeringProgram.mjs', import.meta.url));
const KILLS = 500;
const LONGEST_MS = 25; // from the first answer: a save takes a few
const IN_FLIGHT = 3;

export const checks = [{ name: 'D5 D6 kill -9 at random moments of saves', quickly: 1, run: kills }];

/** Some folders at the same time, each with one program after the other. */
async function kills({ dist, share, rxfan }) {
  const { fileRegistryStore } = await rxfan('lib/adapters/file');
  const seed = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`KILL_SEED=${seed}\n`);
  const random = chance(seed);
  const folder = await mkdtemp(path.join(tmpdir(), 'rxfan-kills-'));
  const places = Array.from({ length: availableParallelism() }, (_, i) => path.join(folder, `${i}`));
  const story = { kills: 0, faults: [], damaged: 0, inMidSave: 0, changes: 0 };
  let left = Math.round(KILLS * share);
  const work = async (place) => {
    let first = 1;
    while (left-- > 0) first = await round({ dist, place, first, random, story, fileRegistryStore });
  };
  await Promise.all(places.map(work));
  await rm(folder, { recursive: true, force: true });

  if (story.faults.length > 0) process.stderr.write(`Error: ${story.faults.slice(0, 3).join('; ')}\n`);
  return [
    figure('kills', story.kills, { exactly: Math.round(KILLS * share) }),
    figure('acknowledged changes', story.changes, { atLeast: KILLS * share }),
    figure('acknowledged changes that were lost, or others that came from nowhere', story.faults.length, {
      exactly: 0,
    }),
    figure('states that were not whole', story.damaged, { exactly: 0 }),
    figure('kills in the middle of a save', story.inMidSave, { atLeast: (KILLS * share) / 50 }),
  ];
}

/** Starts a program, kills it, and looks at what it has left. The number of the next change. */
async function round({ dist, place, first, random, story, fileRegistryStore }) {
  const task = JSON.stringify({ dist, folder: place, first, atOnce: IN_FLIGHT });
  const child = spawn(process.execPath, [PROGRAM, task], { stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  let errors = '';
  child.stderr.on('data', (text) => (errors += text));
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), random() * LONGEST_MS));
  child.stdout.on('data', (text) => (told += text));
  const [, signal] = await once(child, 'close');
  const answered = new Set(told.split('\n').slice(0, -1).map(Number));
  const acknowledged = lastOfAll(answered, first);
  const names = await readdir(place);
  const { snapshot, damage = [] } = await loaded(fileRegistryStore({ folder: place }));

  story.kills++;
  story.changes += answered.size;
  story.damaged += damage.length;
  if (names.some((name) => name.endsWith('.tmp'))) story.inMidSave++;
  story.faults.push(...faultsOf(snapshot.registrations, acknowledged, acknowledged + IN_FLIGHT));
  if (signal !== 'SIGKILL' || errors !== '') story.faults.push(`it ended with ${signal}: ${errors.slice(0, 300)}`);
  return acknowledged + 1;
}

/** The last change up to which all were answered: one that has nothing to save is answered before its neighbours. */
function lastOfAll(answered, first) {
  let n = first;
  while (answered.has(n)) n++;
  return n - 1;
}

function loaded(store) {
  return new Promise((resolve, reject) => store.load().subscribe({ next: resolve, error: reject }));
}

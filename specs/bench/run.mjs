// Compares rxfan, as built in dist/, with what a user would take instead. See docs/performance.md.
//
//   npm run bench                          every suite; fails when a target is missed
//   npm run bench:quick                    about three minutes; fails when a figure is far below its target
//   npm run bench -- merge walk --case k=10 --only pages --rounds 5 --json out.json --dist ../other/dist
import { spawn } from 'node:child_process';
import console from 'node:console';
import { existsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import process from 'node:process';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath, URL } from 'node:url';
import { parseArgs } from 'node:util';
import { Results } from './support/results.mjs';
import { chance, inShort, shuffled } from './support/stats.mjs';
import { figuresTable, resultTable } from './support/tables.mjs';

const SUITES = [
  'merge',
  'walk',
  'fanout',
  'topics',
  'isolation',
  'receivers',
  'tokens',
  'memory',
  'rabbitmq',
  'observer',
  'inspection',
];
/** How far below its target a figure may be in a quick run: enough for a busy machine, not for a gross mistake. */
const SLACK = 0.5;
/** For figures that the machine has no part in: a quick run only sees fewer cases. */
const EXACT_SLACK = 0.9;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    dist: { type: 'string', default: fileURLToPath(new URL('../../dist', import.meta.url)) },
    rounds: { type: 'string' },
    case: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
  },
});
if (!existsSync(options.dist)) throw new Error(`nothing is built in ${options.dist}; run npm run build first`);

const random = chance(42);
const started = Date.now();
const report = [];

for (const name of positionals.length > 0 ? positionals : SUITES) {
  const suite = await import(`./suites/${name}.mjs`);
  if (suite.open && !(await suite.open())) continue; // it has said why
  const results = await runSuite(name, suite).finally(() => suite.close?.());
  const figures = suite.figures(results).filter(isMeasured).map(judge);
  console.log(`${figuresTable(figures, options.quick ? 'floor' : 'target')}\n`);
  report.push({ suite: name, limit: suite.limit, cases: results.toJSON(), figures });
}

const missed = report.flatMap(({ suite, figures }) =>
  figures.filter(({ met }) => !met).map((figure) => ({ suite, ...figure })),
);
console.log(`${missed.length === 0 ? 'all figures met' : `${missed.length} missed`}, ${seconds()} s`);
for (const { suite, figure, value, floor, target } of missed)
  console.log(`missed: ${suite}: ${figure}: ${inShort(value)}, not ${options.quick ? floor : target}`);
if (options.json !== undefined) {
  const machine = { node: process.version, cpu: os.cpus()[0]?.model, cores: os.cpus().length };
  writeFileSync(options.json, JSON.stringify({ ...machine, quick: options.quick, suites: report }, null, 2));
}
process.exitCode = missed.length > 0 ? 1 : 0;

/** Every contestant once per round, each time in a process of its own, in a new order. */
async function runSuite(name, suite) {
  const results = new Results(suite.limit);
  const rounds = Number(options.rounds ?? suite.rounds(options.quick));
  console.log(`# ${name}: ${suite.title}\n`);
  for (const example of suite.cases(options.quick).filter(({ id }) => id.includes(options.case))) {
    const contestants = suite.contestants.filter((one) => takesPart(one, example, suite.limit));
    for (let round = 0; round < rounds; round++)
      for (const contestant of shuffled(contestants, random))
        results.add(example.id, contestant.name, round, await inOwnProcess(name, example.id, contestant.name));
    console.log(`${resultTable(example.id, results.rows(example.id), suite)}\n`);
  }
  return results;
}

function takesPart({ name, when, fullOnly = false }, example, limit) {
  const isAsked = name.includes(options.only) || name === limit;
  return isAsked && !(fullOnly && options.quick) && (when?.(example) ?? true);
}

function inOwnProcess(suite, example, contestant) {
  const child = fileURLToPath(new URL('./child.mjs', import.meta.url));
  const task = JSON.stringify({ suite, example, contestant, quick: options.quick, dist: options.dist });
  return new Promise((resolve) => {
    const running = spawn(process.execPath, ['--expose-gc', child, task], { stdio: ['ignore', 'pipe', 'pipe'] });
    const limit = setTimeout(() => running.kill('SIGKILL'), 300_000);
    let out = '';
    let errors = '';
    running.stdout.on('data', (text) => (out += text));
    running.stderr.on('data', (text) => (errors += text));
    running.on('close', (code, signal) => {
      clearTimeout(limit);
      if (code === 0) resolve(JSON.parse(out));
      else resolve({ error: signal ?? errors.split('\n').find((line) => /^\w*Error/.test(line)) ?? `exit ${code}` });
    });
  });
}

/** What took no part has no value. In a part of a run that goes for what is worked out from it, too. */
function isMeasured({ value }) {
  return value !== undefined && !(options.only !== '' && Number.isNaN(value));
}

/** A quick run asks for the floor, a full one for the target. `reached`: what was reached where that is less than the target. */
function judge({ figure, value, atLeast, reached = atLeast, atMost, exact = false }) {
  const slack = options.quick ? (exact ? EXACT_SLACK : SLACK) : 1;
  if (atLeast !== undefined)
    return {
      figure,
      value,
      target: `>= ${inShort(atLeast)}`,
      floor: `>= ${inShort(reached * slack)}`,
      met: value >= (options.quick ? reached * slack : atLeast),
    };
  return {
    figure,
    value,
    target: `<= ${inShort(atMost)}`,
    floor: `<= ${inShort(atMost / slack)}`,
    met: value <= atMost / slack,
  };
}

function seconds() {
  return Math.round((Date.now() - started) / 1000);
}

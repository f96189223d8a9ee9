// Long runs of rxfan, as built in dist/, each in a process of its own with a small heap. See docs/performance.md.
//
//   npm run soak                       every suite in suites/; fails when a figure is not what it must be
//   npm run soak -- --quick            a tenth of everything, within half a minute
//   npm run soak -- topics --check error
import { spawn } from 'node:child_process';
import console from 'node:console';
import { existsSync, readdirSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';
import { parseArgs } from 'node:util';
import { inShort } from '../bench/support/stats.mjs';

/** Of a check that says nothing else: a megabyte is what a bounded line may take, a hundred what a leak does. */
const HEAP_MB = 64;
const LONGEST_MS = 600_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    check: { type: 'string', default: '' },
    dist: { type: 'string', default: fileURLToPath(new URL('../../dist', import.meta.url)) },
  },
});
if (!existsSync(options.dist)) throw new Error(`nothing is built in ${options.dist}; run npm run build first`);

const started = Date.now();
let passed = 0;
let failed = 0;

for (const name of positionals.length > 0 ? positionals : everySuite()) {
  const { checks } = await import(`./suites/${name}.mjs`);
  for (const check of checks.filter((one) => one.name.includes(options.check))) {
    const { figures, error } = await inOwnProcess(name, check);
    const isMet = error === undefined && figures.every(({ met }) => met);
    console.log(`${isMet ? 'ok    ' : 'FAILED'} ${name}: ${check.name}: ${error ?? figures.map(inWords).join(', ')}`);
    if (isMet) passed++;
    else failed++;
  }
}
console.log(`${passed} passed, ${failed} failed, ${Math.round((Date.now() - started) / 1000)} s`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function everySuite() {
  return readdirSync(new URL('./suites', import.meta.url))
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => file.slice(0, -'.mjs'.length))
    .sort();
}

function inWords({ figure, value, bound, met }) {
  return `${figure} ${inShort(value)}${met ? '' : ` (MISSED: ${bound})`}`;
}

function inOwnProcess(suite, { name, heapMb = HEAP_MB }) {
  const child = fileURLToPath(new URL('./child.mjs', import.meta.url));
  const task = JSON.stringify({ suite, check: name, quick: options.quick, dist: options.dist });
  const flags = ['--expose-gc', `--max-old-space-size=${heapMb}`];
  return new Promise((resolve) => {
    const running = spawn(process.execPath, [...flags, child, task], { timeout: LONGEST_MS, killSignal: 'SIGKILL' });
    let out = '';
    let errors = '';
    running.stdout.on('data', (text) => (out += text));
    running.stderr.on('data', (text) => (errors += text));
    running.on('close', (code, signal) => {
      if (code === 0) resolve({ figures: JSON.parse(out) });
      else resolve({ error: errors.split('\n').find((line) => /Error/.test(line)) ?? signal ?? `exit ${code}` });
    });
  });
}

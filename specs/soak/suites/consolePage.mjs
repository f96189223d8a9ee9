import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, URL } from 'node:url';
import { chromium } from 'playwright-core';
import { quantile } from '../../bench/support/stats.mjs';
import { figure } from '../support/figure.mjs';

const PROGRAM = fileURLToPath(new URL('../support/lanesProgram.mjs', import.meta.url));
const SECONDS = 60;
/** What no event is told below: the least that PerformanceObserver takes. */
const LEAST_MS = 16;

export const checks = [{ name: '10,000 busy lanes, while a reader types and clicks', heapMb: 256, run: reading }];

async function reading({ dist, share }) {
  const executablePath = browserHere();
  if (executablePath === undefined) return [figure('left out: there is no chromium here', 0)];
  const program = spawn(process.execPath, [PROGRAM, dist], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(program.stdout, 'data');
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  try {
    return await readingAt(browser, String(line).trim(), SECONDS * share);
  } finally {
    await browser.close();
    program.kill();
    await once(program, 'exit');
  }
}

async function readingAt(browser, url, seconds) {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
  const session = await page.context().newCDPSession(page);
  let bytes = 0;
  await session.send('Network.enable');
  session.on('Network.dataReceived', ({ encodedDataLength, dataLength }) => (bytes += encodedDataLength || dataLength));
  await page.addInitScript((durationThreshold) => {
    globalThis.delays = [];
    globalThis.inputs = 0;
    const note = (list) => {
      for (const { processingStart, startTime } of list.getEntries())
        globalThis.delays.push(processingStart - startTime);
    };
    new PerformanceObserver(note).observe({ type: 'event', durationThreshold });
    for (const type of ['keydown', 'pointerdown']) addEventListener(type, () => globalThis.inputs++, true);
  }, LEAST_MS);
  await page.goto(`${url}#graph`);
  await page.locator('.row').first().waitFor();
  const rows = await page.locator('.row').count();

  bytes = 0;
  const from = Date.now();
  const filter = page.getByRole('searchbox', { name: 'Filter by name' });
  for (let n = 0; Date.now() - from < seconds * 1_000; n++) {
    await filter.click();
    await page.keyboard.type(`lane ${n % 10}`, { delay: 60 });
    await wait(500);
    await page.locator('.pick').first().click();
    await wait(500);
    await page.keyboard.press('Escape');
    await filter.fill('');
    await wait(500);
  }
  const took = (Date.now() - from) / 1_000;
  const { delays, inputs } = await page.evaluate(() => ({ delays: globalThis.delays, inputs: globalThis.inputs }));
  const quick = Math.max(0, inputs - delays.length);
  const all = [...delays, ...Array.from({ length: quick }, () => 0)];
  return [
    figure('rows', rows, { atLeast: 100 }),
    figure('inputs', inputs, { atLeast: 10 }),
    figure('input delay p95, ms', quantile(all, 0.95), { atMost: 100 }),
    figure('input delay most, ms', Math.max(0, ...all)),
    figure('KiB/s of the page', bytes / 1_024 / took, { atMost: 340 }),
  ];
}

function browserHere() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  try {
    return execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
  } catch {
    if (process.env.REQUIRE_BROWSER === '1') throw new Error('REQUIRE_BROWSER is set, and there is no chromium');
    return undefined;
  }
}

import { execFileSync } from 'node:child_process';
import { chromium, type Browser } from 'playwright-core';

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

// The Chromium of this machine: CHROMIUM names it, else it is looked for.
const { CHROMIUM: named = '' } = process.env;
const path = named === '' ? find() : named;

/** Whether specs that need a browser are to be left out. Says so once, in one line; with REQUIRE_BROWSER they fail instead. */
export function withoutBrowser(): boolean {
  if (path !== undefined || process.env['REQUIRE_BROWSER'] === '1') return false;
  console.info('browser specs are skipped: there is no chromium here (install it, or name one with CHROMIUM)');
  return true;
}

export function launch(): Promise<Browser> {
  if (path === undefined)
    throw new Error('REQUIRE_BROWSER is set, and there is no chromium: install it, or name one with CHROMIUM');
  return chromium.launch({ executablePath: path, args: FLAGS });
}

function find(): string | undefined {
  try {
    return execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

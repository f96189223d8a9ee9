// Builds the documentation into docs/site/dist: pictures of what specs run, pages, and the site made of them. Without a network.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { build as buildSite } from 'vitepress';
import { deadLinks } from './deadLinks.mjs';
import { run } from './run.mjs';

const WORK = 'docs/site/.work';
const recorded = `${process.cwd()}/${WORK}/recorded.jsonl`;

rmSync(WORK, { recursive: true, force: true });
mkdirSync(WORK, { recursive: true });
execFileSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'parts', 'specs/operators/', 'specs/boundary/decodeWith'],
  { env: { ...process.env, RXFAN_RECORD_MARBLES: recorded }, stdio: 'inherit' },
);
const { writePages } = await run('docs/site/generate/writePages.ts');
await writePages({ recorded, folder: `${WORK}/pages` });
cpSync('lib/systems/page/icon.svg', `${WORK}/pages/public/icon.svg`);
await buildSite('docs/site');

const dead = deadLinks('docs/site/dist');
console.log(`${dead.length} dead links${dead.map((link) => `\n  ${link}`).join('')}`);
if (dead.length > 0) process.exitCode = 1;

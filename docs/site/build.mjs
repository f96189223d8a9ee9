// Builds the documentation into docs/site/dist: pictures of what specs run, pages, and the site made of them. Without a network.
import { build as bundle } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build as buildSite } from 'vitepress';
import { deadLinks } from './deadLinks.mjs';

const WORK = 'docs/site/.work';
const recorded = `${process.cwd()}/${WORK}/recorded.jsonl`;
const program = `${process.cwd()}/${WORK}/writePages.mjs`;

rmSync(WORK, { recursive: true, force: true });
mkdirSync(WORK, { recursive: true });
execFileSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'parts', 'specs/operators/', 'specs/boundary/decodeWith'], {
  env: { ...process.env, RXFAN_RECORD_MARBLES: recorded },
  stdio: ['ignore', 'ignore', 'inherit'],
});
await bundle({ entryPoints: ['docs/site/generate/writePages.ts'], outfile: program, bundle: true, format: 'esm', platform: 'node', packages: 'external' });
const { writePages } = await import(pathToFileURL(program).href);
await writePages({ recorded, folder: `${WORK}/pages` });
await buildSite('docs/site');

const dead = deadLinks('docs/site/dist');
console.log(`${dead.length} dead links${dead.map((link) => `\n  ${link}`).join('')}`);
if (dead.length > 0) process.exitCode = 1;

import { build } from 'esbuild';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Bundles a TypeScript file and imports it: its exports. */
export async function run(file) {
  const outfile = `${process.cwd()}/docs/site/.work/${basename(file, '.ts')}.mjs`;
  await build({ entryPoints: [file], outfile, bundle: true, format: 'esm', platform: 'node', packages: 'external' });
  return import(pathToFileURL(outfile).href);
}

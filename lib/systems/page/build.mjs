// Bundles the browser page into the folder that loadAssets.ts reads.
import { build } from 'esbuild';
import { copyFile, mkdir } from 'node:fs/promises';

const here = new URL('./', import.meta.url);
const assets = new URL('../../../dist/lib/systems/page/assets/', here);

await mkdir(assets, { recursive: true });
await build({
  entryPoints: [new URL('main.ts', here).pathname],
  outfile: new URL('page.js', assets).pathname,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  conditions: ['es2015'], // RxJS as modules, of which only what is used comes along
  legalComments: 'eof',
  logLevel: 'warning',
});
await Promise.all(
  ['index.html', 'page.css', 'icon.svg'].map((name) => copyFile(new URL(name, here), new URL(name, assets))),
);

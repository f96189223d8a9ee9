import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The files of the browser page, by name. */
export type Assets = ReadonlyMap<string, Asset>;

/** One file as it is served. */
export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

/** A fixed list: whatever else lies in the folder is not served. */
const TYPES = {
  'index.html': 'text/html; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** Reads the browser page from where the build puts it. */
export async function loadAssets(folder: URL = builtAssets()): Promise<Assets> {
  const files = Object.entries(TYPES).map(async ([name, type]): Promise<[string, Asset]> => {
    const body = new Uint8Array(await readFile(new URL(name, folder)));
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    return [name, { body, type, etag }];
  });
  return new Map(await Promise.all(files));
}

/** In the package, whether this runs from the sources or from the build. */
function builtAssets(): URL {
  const manifest = pathToFileURL(createRequire(import.meta.url).resolve('rxfan/package.json'));
  return new URL('dist/lib/systems/page/assets/', manifest);
}

import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The folder of this package, wherever it is installed. */
export function ownFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('rxfan/package.json'));
}

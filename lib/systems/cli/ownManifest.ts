import { createRequire } from 'node:module';

/** What is read of the package.json of this package. */
export interface OwnManifest {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The package.json of this package, wherever it is installed. */
export function ownManifest(): OwnManifest {
  return createRequire(import.meta.url)('rxfan/package.json') as OwnManifest;
}

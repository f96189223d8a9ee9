import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** How this very package is installed once more. */
export interface OwnSpec {
  /** As a package.json has it: a version, or where it is. */
  readonly spec: string;
  /** The command that installs a project which has it. */
  readonly install: string;
}

/** What npm writes of what it has installed, as far as it is read. */
const Installed = t.type({ packages: t.record(t.string, t.partial({ resolved: t.string })) }, 'an npm lockfile');

/**
 * How a project gets the package that is in `folder` from where that came from: the registry as a rule, else the archive
 * or the repository that npm was given, else the folder itself.
 */
export async function ownSpec(folder: string, version: string): Promise<OwnSpec> {
  const modules = dirname(folder);
  // With links in place of copies, a project would have two rxjs, and two vitest.
  if (basename(modules) !== 'node_modules') return { spec: `file:${folder}`, install: 'npm install --install-links' };

  const resolved = await resolvedIn(modules, basename(folder));
  const install = 'npm install';
  if (resolved?.startsWith('file:')) {
    return { spec: `file:${resolve(dirname(modules), resolved.slice('file:'.length))}`, install };
  }
  return { spec: resolved?.startsWith('git') ? resolved : version, install };
}

async function resolvedIn(modules: string, name: string): Promise<string | undefined> {
  try {
    const decoded = Installed.decode(JSON.parse(await readFile(join(modules, '.package-lock.json'), 'utf8')));
    return isRight(decoded) ? decoded.right.packages[`node_modules/${name}`]?.resolved : undefined;
  } catch {
    return undefined; // not installed by npm, which says nothing against the registry
  }
}

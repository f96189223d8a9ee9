import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import * as t from 'io-ts';
import { fromSnapshot } from '../../boundary/fromSnapshot.ts';
import { decode } from '../../boundary/decode.ts';
import { jsonOf } from './jsonOf.ts';
import { matchesQuery } from './matchesQuery.ts';
import { packageKey, type Package, type PackageSource } from './package.ts';
import { isAbsent } from '../../boundary/fileFailure.ts';
import { fileVersion, readFolder, readText } from './readFile.ts';
import { toPackage } from './toPackage.ts';
import { uniquePackages } from './uniquePackages.ts';

/** Which packages {@link npmInstalled} reads. */
export interface NpmInstalledOptions {
  /** Names the source. Default: 'npm'. */
  readonly name?: string | undefined;
  /** Default: 'node_modules'. */
  readonly directory?: string | undefined;
  /** Told of each package that cannot be read: it is left out, the others are listed. */
  readonly onProblem?: ((problem: unknown) => void) | undefined;
}

const MAX_BYTES = 8 * 1024 * 1024;
const AT_ONCE = 32;

const Manifest = t.intersection(
  [t.type({ name: t.string, version: t.string }), t.partial({ description: t.unknown })],
  'Manifest',
);

/**
 * The npm packages in a node_modules folder and those nested in it. Read again when npm has changed that folder.
 *
 * The same version in several places is one item; links are followed, each target is read once.
 *
 * @example
 * aggregatePages({ sources: [npmInstalled({ directory: 'node_modules' })], key: packageKey, tokens });
 */
export function npmInstalled(options: NpmInstalledOptions = {}): PackageSource {
  const { name = 'npm', directory = 'node_modules', onProblem } = options;

  return fromSnapshot({
    name,
    key: packageKey,
    matches: matchesQuery,
    version: async () => {
      const lock = await fileVersion(join(directory, '.package-lock.json')).catch(() => '');
      return [await fileVersion(directory), lock].join(' ');
    },
    load: ({ signal }) => installed(name, directory, onProblem, signal),
  });
}

/** The result of a step; `instead`, if there is nothing at that path or it cannot be read. */
type Attempt = <A>(step: Promise<A>, instead: A) => Promise<A>;

/** Level by level, so that only `AT_ONCE` packages are open. */
async function installed(
  source: string,
  directory: string,
  onProblem: ((problem: unknown) => void) | undefined,
  signal: AbortSignal,
): Promise<readonly Package[]> {
  const packages = uniquePackages();
  const seen = new Set<string>();
  const attempt: Attempt = async (step, instead) => {
    try {
      return await step;
    } catch (error) {
      if (!isAbsent(error)) onProblem?.(error);
      return instead;
    }
  };

  const visit = async (folder: string): Promise<readonly string[]> => {
    const real = await attempt(realpath(folder), undefined);
    if (real === undefined || seen.has(real)) return [];
    seen.add(real);
    const item = await attempt(packageIn(folder, source), undefined);
    if (item) packages.add(item);
    return attempt(foldersIn(join(folder, 'node_modules'), attempt), []);
  };

  let level = [...(await foldersIn(directory, attempt)), ...(await storedIn(directory, attempt))];
  while (level.length > 0) {
    const next: string[] = [];
    for (let i = 0; i < level.length; i += AT_ONCE) {
      signal.throwIfAborted();
      next.push(...(await Promise.all(level.slice(i, i + AT_ONCE).map(visit))).flat());
    }
    level = next;
  }
  return packages.items;
}

/** Where packages may be in a node_modules folder and its scopes. */
async function foldersIn(modules: string, attempt: Attempt): Promise<readonly string[]> {
  const names = (await readFolder(modules)).filter((name) => !name.startsWith('.'));
  const folders = names.map(async (name) => {
    const path = join(modules, name);
    if (!name.startsWith('@')) return [path];
    return (await attempt(readFolder(path), [])).map((scoped) => join(path, scoped));
  });
  return (await Promise.all(folders)).flat();
}

/** Where packages may be in the folders that pnpm, and npm when it links, keep beside those that they link. */
async function storedIn(modules: string, attempt: Attempt): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const store of ['.pnpm', '.store']) {
    for (const kept of await attempt(readFolder(join(modules, store)), [])) {
      folders.push(...(await attempt(foldersIn(join(modules, store, kept, 'node_modules'), attempt), [])));
    }
  }
  return folders;
}

async function packageIn(folder: string, source: string): Promise<Package> {
  const where = join(folder, 'package.json');
  const text = await readText(where, MAX_BYTES);
  const { name, version, description } = decode(Manifest, jsonOf(text, where), where);
  return toPackage(name, version, source, description);
}

import { join } from 'node:path';
import { fromSnapshot } from '../../boundary/fromSnapshot.ts';
import { FormatError } from '../../contracts/failure.ts';
import { matchesQuery } from './matchesQuery.ts';
import { packageKey, type Package, type PackageSource } from './package.ts';
import { pythonMetadata } from './pythonMetadata.ts';
import { isAbsent } from '../../boundary/fileFailure.ts';
import { fileVersion, readFolder, readHead } from './readFile.ts';
import { toPackage } from './toPackage.ts';
import { uniquePackages } from './uniquePackages.ts';

/** Where {@link pythonInstalled} looks. */
export interface PythonInstalledOptions {
  /** Names the source. Default: 'python'. */
  readonly name?: string | undefined;
  /** The site-packages and dist-packages folders; {@link defaultPythonDirectories} finds the usual ones. */
  readonly directories: readonly string[];
  /** Told of each distribution that cannot be read: it is left out, the others are listed. */
  readonly onProblem?: ((problem: unknown) => void) | undefined;
}

/** Name, version and summary stand at the top; what follows may be a whole manual. */
const HEAD_BYTES = 64 * 1024;
const AT_ONCE = 32;

/**
 * The Python distributions in the given folders. Read again when something was installed into or removed from one.
 *
 * The same version in several folders is one item.
 *
 * @example
 * pythonInstalled({ directories: await defaultPythonDirectories() });
 */
export function pythonInstalled(options: PythonInstalledOptions): PackageSource {
  const { name = 'python', directories, onProblem } = options;

  return fromSnapshot({
    name,
    key: packageKey,
    matches: matchesQuery,
    version: async () => (await Promise.all(directories.map(fileVersion))).join(' '),
    load: async ({ signal }) => {
      const packages = uniquePackages();
      const files = (await Promise.all(directories.map(distributionsIn))).flat();
      for (let i = 0; i < files.length; i += AT_ONCE) {
        signal.throwIfAborted();
        const read = await Promise.allSettled(files.slice(i, i + AT_ONCE).map((path) => distribution(path, name)));
        for (const result of read) {
          if (result.status === 'fulfilled') packages.add(result.value);
          else onProblem?.(result.reason);
        }
      }
      return packages.items;
    },
  });
}

/** What each distribution is described by: a file, or a folder with a file. pip renames what it fails to remove to ~. */
async function distributionsIn(directory: string): Promise<readonly string[]> {
  return (await readFolder(directory))
    .filter((name) => /^[^~.].*\.(?:dist|egg)-info$/.test(name))
    .map((name) => join(directory, name));
}

async function distribution(path: string, source: string): Promise<Package> {
  const candidates = path.endsWith('.dist-info') ? [join(path, 'METADATA')] : [join(path, 'PKG-INFO'), path];
  let absent: unknown;
  for (const where of candidates) {
    try {
      const { name = '', version = '', summary } = pythonMetadata(await readHead(where, HEAD_BYTES));
      if (name === '' || version === '') throw new FormatError(where, 1, 'a Name and a Version field are expected');
      return toPackage(name, version, source, summary === 'UNKNOWN' ? undefined : summary);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      absent = error;
    }
  }
  throw absent;
}

import { join } from 'node:path';
import { defer, type Observable } from 'rxjs';
import { debianAvailable, packageLists } from './debianAvailable.ts';
import { debianInstalled } from './debianInstalled.ts';
import { defaultPythonDirectories } from './defaultPythonDirectories.ts';
import { npmInstalled } from './npmInstalled.ts';
import type { PackageSource } from './package.ts';
import { pythonInstalled } from './pythonInstalled.ts';
import { isAbsent } from '../../boundary/fileFailure.ts';
import { fileVersion } from './readFile.ts';

/** Where {@link defaultSources} looks. */
export interface DefaultPlaces {
  /** The folder whose node_modules is read. Default: the working directory. */
  readonly directory?: string | undefined;
  /** Default: '/'. */
  readonly root?: string | undefined;
  /** Default: those that {@link defaultPythonDirectories} finds. */
  readonly pythonDirectories?: readonly string[] | undefined;
  /** Told of each package that cannot be read: it is left out, the others are listed. */
  readonly onProblem?: ((problem: unknown) => void) | undefined;
}

/** What was found. */
export interface FoundSources {
  readonly sources: readonly PackageSource[];
  /** The sources that this machine does not have. */
  readonly absent: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * The package sources of this machine: npm, dpkg, apt and python, as far as they are there. One that is there but
 * cannot be read is among the sources, and fails when it is asked.
 *
 * @example
 * defaultSources().subscribe(({ sources, absent }) => console.error(`without ${absent.map(({ name }) => name).join()}`));
 */
export function defaultSources(places: DefaultPlaces = {}): Observable<FoundSources> {
  return defer(() => find(places));
}

async function find({
  directory = '.',
  root = '/',
  pythonDirectories,
  onProblem,
}: DefaultPlaces): Promise<FoundSources> {
  const modules = join(directory, 'node_modules');
  const statusFile = join(root, 'var/lib/dpkg/status');
  const lists = join(root, 'var/lib/apt/lists');
  const python = pythonDirectories ?? (await defaultPythonDirectories({ root }));

  const candidates: readonly (readonly [source: PackageSource, reason: string | undefined])[] = [
    [npmInstalled({ directory: modules, onProblem }), await absence(modules)],
    [debianInstalled({ statusFile }), await absence(statusFile)],
    [debianAvailable({ directory: lists }), (await absence(lists)) ?? (await noLists(lists))],
    [
      pythonInstalled({ directories: python, onProblem }),
      python.length === 0 ? 'no site-packages or dist-packages in the usual places' : undefined,
    ],
  ];
  return {
    sources: candidates.filter(([, reason]) => reason === undefined).map(([source]) => source),
    absent: candidates.flatMap(([{ name }, reason]) => (reason === undefined ? [] : [{ name, reason }])),
  };
}

/** Why there is nothing at a path; undefined if there is, readable or not. */
async function absence(path: string): Promise<string | undefined> {
  return fileVersion(path).then(
    () => undefined,
    (error: unknown) => (isAbsent(error) ? `${path} does not exist` : undefined),
  );
}

async function noLists(directory: string): Promise<string | undefined> {
  const lists = await packageLists(directory).catch(() => undefined);
  return lists?.length === 0 ? `no package lists in ${directory}; apt update fetches them` : undefined;
}

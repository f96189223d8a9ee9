import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readFolder } from './readFile.ts';

/** Where {@link defaultPythonDirectories} looks. */
export interface PythonPlaces {
  /** What `/usr` is below. Default: '/'. */
  readonly root?: string | undefined;
  /** Default: the user's home. */
  readonly home?: string | undefined;
  /** For VIRTUAL_ENV and PYENV_ROOT. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The folders with Python distributions in the usual places of this machine that exist. */
export async function defaultPythonDirectories(places: PythonPlaces = {}): Promise<readonly string[]> {
  const { root = '/', home = homedir(), env = process.env } = places;
  const { VIRTUAL_ENV: venv = '', PYENV_ROOT: pyenv = join(home, '.pyenv') } = env;
  const prefixes = [join(root, 'usr'), join(root, 'usr/local'), join(home, '.local')];
  const pyenvs = join(pyenv, 'versions');
  prefixes.push(...(await namesIn(pyenvs)).map((version) => join(pyenvs, version)));
  if (venv !== '') prefixes.push(venv);

  const found = new Set<string>();
  for (const prefix of prefixes) {
    const libraries = (await namesIn(join(prefix, 'lib'))).filter((name) => /^python3(?:\.\d+)?t?$/.test(name));
    for (const library of libraries) {
      for (const packages of ['site-packages', 'dist-packages']) {
        const directory = join(prefix, 'lib', library, packages);
        if ((await namesIn(directory)).length > 0) found.add(await realpath(directory));
      }
    }
  }
  return [...found];
}

/** Nothing, where there is no folder or it may not be read. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return readFolder(folder).catch(() => []);
}

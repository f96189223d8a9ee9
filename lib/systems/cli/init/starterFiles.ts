import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ownFolder } from '../ownFolder.ts';
import type { OwnManifest } from '../ownManifest.ts';

/** A file of a new project, its path from there. */
export interface StarterFile {
  readonly path: string;
  readonly text: string;
}

/** What a new project is called, and what it needs. */
export interface StarterOptions {
  readonly name: string;
  /** Where rxfan comes from, as a package.json has it. */
  readonly rxfan: string;
  /** The versions of everything else. */
  readonly pins: OwnManifest['devDependencies'];
}

/** Kept under another name: here npm, git and TypeScript would take them for their own. */
const NAMES: Readonly<Record<string, string>> = {
  _gitignore: '.gitignore',
  '_package.json': 'package.json',
  '_tsconfig.json': 'tsconfig.json',
};

interface StarterManifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The files of a new project: those in `starter`, the package.json filled in. */
export async function starterFiles({ name, rxfan, pins }: StarterOptions): Promise<readonly StarterFile[]> {
  const folder = join(ownFolder(), 'lib/systems/cli/init/starter');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

  const fill = (text: string): string => {
    const manifest = JSON.parse(text) as StarterManifest;
    const pinned = (names: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.keys(names).map((key) => [key, key === 'rxfan' ? rxfan : pins[key]]));
    const { dependencies, devDependencies } = manifest;
    const filled = { ...manifest, name, dependencies: pinned(dependencies), devDependencies: pinned(devDependencies) };
    return `${JSON.stringify(filled, null, 2)}\n`;
  };
  return Promise.all(
    paths.sort().map(async (path) => {
      const text = await readFile(path, 'utf8');
      const kept = relative(folder, path).replaceAll('\\', '/');
      return { path: NAMES[kept] ?? kept, text: kept === '_package.json' ? fill(text) : text };
    }),
  );
}

import { basename, resolve } from 'node:path';

const LONGEST = 214;

/** What npm lets a project in this folder be called; not one of `taken`, which it would be mistaken for. */
export function projectName(folder: string, taken: readonly string[]): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[._-]+|[._-]+$/g, '')
    .slice(0, LONGEST - '-app'.length);
  if (name === '') return 'app';
  return taken.includes(name) ? `${name}-app` : name;
}

import { readdirSync, readFileSync, statSync } from 'node:fs';

/** The text of a file, named from the root of the package. */
export function textOf(file: string): string {
  return readFileSync(file, 'utf8');
}

/** What stands at that path: nothing, a file or a folder. */
export function kindOf(path: string): 'nothing' | 'file' | 'folder' {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'nothing';
  return found.isDirectory() ? 'folder' : 'file';
}

/** The files right in a folder whose name ends so, in order; their paths from the root. */
export function filesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** The files of a folder, at any depth, whose name ends so, in order; their paths from the root. */
export function filesBelow(folder: string, ending: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith(ending))
    .sort();
}

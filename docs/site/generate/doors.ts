import { doors as doorFiles } from '../../../specs/architecture/source.ts';
import { textOf } from './files.ts';

/** What users import from, `rxfan/http`, and the file behind it. */
export const doors: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(doorFiles).map(([name, file]) => [`rxfan${name.slice(1)}`, file]),
);

/** The first door that a name is exported from; undefined where there is none. */
export function doorOf(name: string): string | undefined {
  const exported = new RegExp(`\\b${name}\\b`);
  return Object.entries(doors).find(([, file]) => exported.test(textOf(file)))?.[0];
}

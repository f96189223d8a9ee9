import { textOf } from './files.ts';

/** What users import from, `rxfan/http`, and the file behind it. */
export const doors: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries((JSON.parse(textOf('package.json')) as { exports: Readonly<Record<string, string>> }).exports)
    .filter(([, target]) => target.endsWith('.js'))
    .map(([name, target]) => [`rxfan${name.slice(1)}`, target.replace(/^\.\/dist\/(.*)\.js$/, '$1.ts')]),
);

/** The first door that a name is exported from; undefined where there is none. */
export function doorOf(name: string): string | undefined {
  const exported = new RegExp(`\\b${name}\\b`);
  return Object.entries(doors).find(([, file]) => exported.test(textOf(file)))?.[0];
}

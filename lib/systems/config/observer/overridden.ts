import type { SetText, SetTexts, Variables } from '../setText.ts';

/** The texts of a section of the file, and before each the first of its variables that says something. */
export function overridden(
  section: SetTexts,
  env: Variables,
  names: Readonly<Record<string, readonly string[]>>,
): SetTexts {
  const set = Object.entries(names).flatMap(([key, variables]): [string, SetText][] => {
    const name = variables.find((each) => (env[each] ?? '').trim() !== '');
    return name === undefined ? [] : [[key, { text: env[name]!.trim(), from: name }]];
  });
  return { ...section, ...Object.fromEntries(set) };
}

import { UsageError } from './usageError.ts';

/** A diagram as it is written in a spec, with the name it has there. */
export interface NamedDiagram {
  readonly name: string;
  readonly marbles: string;
}

const TEST = /\b(?:it|test)\(\s*(['"`])((?:(?!\1).)*)\1/g;
const DIAGRAM = /const (\w+\$?)\s*=\s*(?:(?:cold|hot)(?:<[^>]*>)?\(\s*)?'([^'\n]*)'|\.toBe\(\s*'([^'\n]*)'/g;
/** Sources and what comes of them; not how long something is subscribed to. */
const MARBLES = /^[^!^]*$/;

/**
 * The diagrams of the first test whose title contains `wanted`: its sources and what is expected, by their names. They are read off
 * its text; nothing is run. Throws UsageError where there is no such test, or no diagram in it.
 */
export function specDiagrams(
  spec: string,
  wanted: string,
): { readonly title: string; readonly diagrams: readonly NamedDiagram[] } {
  const tests = [...spec.matchAll(TEST)].map(({ index, 2: title = '' }) => ({ index, title }));
  const at = tests.findIndex(({ title }) => title.includes(wanted));
  const test = tests[at];
  if (test === undefined) {
    const known = tests.slice(0, 5).map(({ title }) => JSON.stringify(title));
    throw new UsageError(
      `no test has ${JSON.stringify(wanted)} in its title; there are ${tests.length}: ${known.join(', ')}`,
    );
  }
  const body = spec.slice(test.index, tests[at + 1]?.index);
  const diagrams = [...body.matchAll(DIAGRAM)].flatMap(([, name = 'expected', named, unnamed]) => {
    const marbles = named ?? unnamed ?? '';
    return marbles.includes('-') && MARBLES.test(marbles) ? [{ name, marbles }] : [];
  });
  if (diagrams.length === 0) throw new UsageError(`there is no diagram in the test ${JSON.stringify(test.title)}`);
  return { title: test.title, diagrams };
}

import { marbleSvg } from '../../../lib/testing/marbleSvg.ts';
import type { RecordedLane, RecordedTest } from '../../../specs/support/recordedMarbles.ts';
import { textOf } from './files.ts';

/** A picture of what a test of a spec ran. */
export interface Figure {
  readonly spec: string;
  /** The title of the test. */
  readonly test: string;
  readonly diagrams: readonly string[];
  readonly svg: string;
}

/** From top to bottom. */
const KINDS = ['source', 'inner', 'result'] as const;

/** Pictures of the tests that were recorded, in the order of their specs. */
export function recordedFigures(file: string): readonly Figure[] {
  return textOf(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => figureOf(JSON.parse(line) as RecordedTest));
}

function figureOf({ spec, test, lanes }: RecordedTest): Figure {
  const names = namesIn(spec, test);
  const diagrams = lanes.map(({ marbles }) => marbles);
  const drawn = KINDS.flatMap((kind) => different(lanes.filter((lane) => lane.kind === kind))).map(
    ({ kind, marbles, values = letters(marbles) }) => ({
      name: names.get(marbles) ?? kind,
      run: { rows: [marbles], values },
    }),
  );
  return { spec, test, diagrams, svg: marbleSvg({ title: test, lanes: drawn }) };
}

/** Inner sources are often alike: one of them says it all. */
function different(lanes: readonly RecordedLane[]): readonly RecordedLane[] {
  return lanes.filter(
    ({ kind, marbles }, at) => kind !== 'inner' || lanes.findIndex((other) => other.marbles === marbles) === at,
  );
}

/** What diagrams are called in the test: by what is written there. */
function namesIn(spec: string, test: string): ReadonlyMap<string, string> {
  const text = textOf(spec);
  const from = Math.max(0, text.indexOf(test));
  const end = text.indexOf('\n  it', from);
  const body = text.slice(from, end < 0 ? undefined : end);
  const named = body.matchAll(/const (\w+)\$?\s*=\s*(?:(?:cold|hot)\(\s*)?'([^'\n]*)'/g);
  return new Map(
    [...named].map(([, name = '', marbles = '']) => [marbles.trim(), name === 'expected' ? 'result' : name]),
  );
}

/** Letters that stand for themselves. */
function letters(marbles: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(marbles.replace(/[-|#()\s]/g, ''), (letter) => [letter, letter]));
}

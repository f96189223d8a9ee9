import { readFile, writeFile } from 'node:fs/promises';
import { marbleSvg, type PictureLane } from '../../testing/marbleSvg.ts';
import { marbleText } from '../../testing/marbleText.ts';
import { parseMarbles } from '../../testing/parseMarbles.ts';
import { EXIT } from './exit.ts';
import { plain } from './plain.ts';
import { specDiagrams, type NamedDiagram } from './specDiagrams.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usageError.ts';

/** What the command line of `rxfan marbles` says. */
export interface MarblesFlags {
  readonly spec?: string | undefined;
  readonly test?: string | undefined;
  readonly svg?: string | undefined;
  readonly title?: string | undefined;
}

const MOST_MARBLES = 2_000;

/** Draws diagrams that are given, or those of a test, as text or as a picture, and gives the exit code. */
export async function drawMarbles(given: readonly string[], flags: MarblesFlags, terminal: Terminal): Promise<number> {
  const { spec, test = '', svg } = flags;
  if ((spec === undefined) === (given.length === 0)) {
    throw new UsageError('give diagrams, or --spec with a file, and not both');
  }
  const found = spec === undefined ? undefined : specDiagrams(await readSpec(spec), test);
  const title = flags.title ?? found?.title ?? '';
  const lanes = (found?.diagrams ?? given.map(namedDiagram)).map(laneOf);

  if (svg === undefined) await terminal.write(marbleText({ title, lanes }).split('\n').map(plain).join('\n'));
  else if (svg === '-') await terminal.write(marbleSvg({ title: title || 'marbles', lanes }));
  else await writeFile(svg, marbleSvg({ title: title || 'marbles', lanes }));
  return EXIT.done;
}

async function readSpec(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((failure: unknown) => {
    throw new UsageError(`${file} cannot be read: ${inWords(failure)}`);
  });
}

function namedDiagram(text: string): NamedDiagram {
  const [, name, marbles] = /^([\w$ .-]*[\w$]):(.*)$/.exec(text) ?? [];
  if (name !== undefined && marbles !== undefined) return { name, marbles };
  throw new UsageError(`a diagram has a name before a colon, as in 'in: -a-b|'; ${JSON.stringify(text)} has none`);
}

/** Letters stand for themselves. */
function laneOf({ name, marbles }: NamedDiagram): PictureLane {
  try {
    const values = parseMarbles(marbles).flatMap(({ notification: { kind, value } }) => (kind === 'N' ? [value] : []));
    if (values.length > MOST_MARBLES) throw new Error(`it has more than ${MOST_MARBLES} marbles`);
    const letters = Object.fromEntries(values.map((value) => [String(value), value]));
    return { name, run: { rows: [marbles], values: letters } };
  } catch (failure) {
    throw new UsageError(`${name}: ${inWords(failure)}`);
  }
}

function inWords(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}

import type { Lane } from './diagram.ts';
import { frameCells, marbleOf } from './frameCells.ts';
import { drawComparison, findParting, type Pair } from './laneComparison.ts';
import { createMarbleSymbols } from './marbleSymbols.ts';
import type { Recorded } from './recorded.ts';
import { showValue } from './showValue.ts';
import { streamHint } from './streamHint.ts';

const MOST_VALUES = 12;

type Same = (a: unknown, b: unknown) => boolean;

/** Tells how two recorded streams differ, drawn as marbles. `names` are the values as the test calls them. */
export function streamMismatch(
  { expected, received }: Pair<readonly Recorded[]>,
  same: Same,
  names: Readonly<Record<string, unknown>>,
): string {
  const { symbolOf, legend } = createMarbleSymbols(same, names);
  const lanes = { expected: toLane(expected, symbolOf), received: toLane(received, symbolOf) };
  const parting = findParting([lanes]);
  const where = parting
    ? ` at ${parting.frame} ms: expected ${inWords(parting.expected)}, received ${inWords(parting.received)}`
    : '';

  const hint = parting && streamHint({ expected, received }, parting.frame, same);

  return [
    `the streams differ${where}`,
    '',
    ...drawComparison([lanes], parting),
    ...(hint === undefined ? [] : [hint]),
    ...shortened(legend(), parting ? parting.expected + parting.received : ''),
    ...errorLegend({ expected: errorOf(expected), received: errorOf(received) }, same),
  ]
    .join('\n')
    .trimEnd();
}

function toLane(messages: readonly Recorded[], symbolOf: (value: unknown) => string): Lane {
  const cells = frameCells(messages.map((message) => marbleOf(message, symbolOf)));
  return { cells, endsAt: messages.find(({ notification }) => notification.kind !== 'N')?.frame };
}

/** The lines of a legend, those of the marbles that differ first where there are too many. */
function shortened(legend: readonly string[], differing: string): readonly string[] {
  if (legend.length <= MOST_VALUES) return legend;
  const matters = (line: string) => differing.includes(line[0]!);
  const shown = [...legend.filter(matters), ...legend.filter((line) => !matters(line))].slice(0, MOST_VALUES);
  return [...shown, `and ${legend.length - MOST_VALUES} others`];
}

function inWords(marbles: string): string {
  if (marbles === '|') return 'completion';
  if (marbles === '#') return 'an error';
  return marbles || 'nothing';
}

function errorOf(messages: readonly Recorded[]): Recorded['notification'] | undefined {
  return messages.find(({ notification }) => notification.kind === 'E')?.notification;
}

function errorLegend(
  { expected, received }: Pair<Recorded['notification'] | undefined>,
  same: Same,
): readonly string[] {
  if (expected && received && same(expected.error, received.error)) return [`# = ${showValue(expected.error)}`];
  return [
    ...(expected ? [`expected # = ${showValue(expected.error)}`] : []),
    ...(received ? [`received # = ${showValue(received.error)}`] : []),
  ];
}

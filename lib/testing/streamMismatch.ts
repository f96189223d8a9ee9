import type { Lane } from './diagram.ts';
import { frameCells, marbleOf } from './frameCells.ts';
import { drawComparison, findParting, type Pair } from './laneComparison.ts';
import { createMarbleSymbols } from './marbleSymbols.ts';
import type { Recorded } from './recorded.ts';
import { showValue } from './showValue.ts';

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

  return [
    `the streams differ${where}`,
    '',
    ...drawComparison([lanes], parting),
    ...legend(),
    ...errorLegend({ expected: errorOf(expected), received: errorOf(received) }, same),
  ]
    .join('\n')
    .trimEnd();
}

function toLane(messages: readonly Recorded[], symbolOf: (value: unknown) => string): Lane {
  const cells = frameCells(messages.map((message) => marbleOf(message, symbolOf)));
  return { cells, endsAt: messages.find(({ notification }) => notification.kind !== 'N')?.frame };
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

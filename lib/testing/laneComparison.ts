import { drawLanes, type Lane } from './diagram.ts';

/** What was expected, and what came. */
export interface Pair<T> {
  readonly expected: T;
  readonly received: T;
}

/** The first place where lanes part: which pair of them, at which frame, showing what. */
interface Parting extends Pair<string> {
  readonly pair: number;
  readonly frame: number;
}

const MOST_COLUMNS = 100;
/** Pairs that are shown: the one before those that part, they, and some behind them. */
const MOST_PAIRS = 5;
const LABEL = 'expected  '.length;

/** The first frame at which an expected lane and a received one show different marbles. */
export function findParting(pairs: readonly Pair<Lane>[]): Parting | undefined {
  for (const [pair, { expected, received }] of pairs.entries()) {
    const frames = [...expected.cells.keys(), ...received.cells.keys()].sort((a, b) => a - b);
    for (const frame of frames) {
      const cells = { expected: expected.cells.get(frame) ?? '', received: received.cells.get(frame) ?? '' };
      if (cells.expected !== cells.received) return { pair, frame, ...cells };
    }
  }
  return undefined;
}

/** Draws every pair of lanes on one time axis, with a caret where they part. */
export function drawComparison(pairs: readonly Pair<Lane>[], parting: Parting | undefined): readonly string[] {
  const { rows, columns } = drawLanes(pairs.flatMap(({ expected, received }) => [expected, received]));
  const column = parting ? columns.get(parting.frame)! + commonLength(parting) : 0;
  const from = Math.max(...rows.map((row) => row.length)) > MOST_COLUMNS ? Math.max(column - MOST_COLUMNS / 2, 0) : 0;
  const head = from > 0 ? '... ' : '';
  const visible = (row: string) => {
    const rest = row.slice(from);
    return head + (rest.length > MOST_COLUMNS ? `${rest.slice(0, MOST_COLUMNS)} ...` : rest);
  };

  const first = Math.max(Math.min((parting?.pair ?? 0) - 1, pairs.length - MOST_PAIRS), 0);
  const last = Math.min(first + MOST_PAIRS, pairs.length);
  const drawn = pairs.flatMap((_, pair) => [
    `expected  ${visible(rows[2 * pair]!)}`,
    `received  ${visible(rows[2 * pair + 1]!)}`,
    pair === parting?.pair ? `${' '.repeat(LABEL + head.length + column - from)}^` : '',
  ]);
  return [
    ...(first > 0 ? [`(${first} before that are the same)`, ''] : []),
    ...drawn.slice(3 * first, 3 * last),
    ...(last < pairs.length ? [`(${pairs.length - last} more)`] : []),
  ];
}

function commonLength({ expected, received }: Pair<string>): number {
  let length = 0;
  while (length < expected.length && expected[length] === received[length]) length++;
  return length;
}

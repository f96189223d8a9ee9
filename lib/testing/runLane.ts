import type { Lane } from './diagram.ts';
import { frameCells, marbleOf } from './frameCells.ts';
import type { MarbleRun } from './marbleRun.ts';
import { readMarbles } from './readMarbles.ts';

/** A run as one lane, with its letters as they stand in its rows, however many those are. */
export function runLane({ rows }: Pick<MarbleRun, 'rows'>): Lane {
  const recorded = readMarbles({ rows });
  const cells = frameCells(recorded.map((one) => marbleOf(one, String)));
  return { cells, endsAt: recorded.find(({ notification }) => notification.kind !== 'N')?.frame };
}

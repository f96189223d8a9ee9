import type { Lane } from './diagram.ts';
import type { MarbleRun } from './marbleRun.ts';
import type { Recorded } from './streamMismatch.ts';

/** A run as one lane, whatever rows it was drawn in, with the letters of its values. */
export function runLane(recorded: readonly Recorded[], { values }: MarbleRun): Lane {
  const symbols = new Map(Object.entries(values).map(([symbol, value]) => [value, symbol]));
  const cells = new Map<number, string>();
  for (const { frame, notification } of recorded) {
    const { kind, value } = notification;
    const marble = kind === 'N' ? symbols.get(value)! : kind === 'E' ? '#' : '|';
    cells.set(frame, (cells.get(frame) ?? '') + marble);
  }
  for (const [frame, marbles] of cells) if (marbles.length > 1) cells.set(frame, `(${marbles})`);
  return { cells, endsAt: recorded.find(({ notification }) => notification.kind !== 'N')?.frame };
}

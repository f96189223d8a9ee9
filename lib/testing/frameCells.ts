import type { Recorded } from './recorded.ts';

/** What a lane shows at which frame, one marble after the other: several of one frame in parentheses. */
export function frameCells(marbles: Iterable<readonly [frame: number, marble: string]>): ReadonlyMap<number, string> {
  const cells = new Map<number, string>();
  for (const [frame, marble] of marbles) cells.set(frame, (cells.get(frame) ?? '') + marble);
  for (const [frame, cell] of cells) if (cell.length > 1) cells.set(frame, `(${cell})`);
  return cells;
}

/** The marble of one notification, at its frame. */
export function marbleOf(
  { frame, notification: { kind, value } }: Recorded,
  symbolOf: (value: unknown) => string,
): readonly [frame: number, marble: string] {
  return [frame, kind === 'N' ? symbolOf(value) : kind === 'E' ? '#' : '|'];
}

/** What one lane shows at which frame: marbles as TestScheduler reads them, several of one frame in parentheses. */
export interface Lane {
  readonly cells: ReadonlyMap<number, string>;
  /** The frame after which nothing can come. */
  readonly endsAt?: number | undefined;
}

/** Lanes under one another on one time axis: what stands in one column happens at one time. */
export interface Diagram {
  readonly rows: readonly string[];
  /** Where the marbles of a frame begin. */
  readonly columns: ReadonlyMap<number, number>;
}

const LONGEST_GAP = 15;

/**
 * Draws lanes of marbles. Each row can be read back by TestScheduler, save for marbles that come faster than they can
 * be written: these stand further apart than their time, with spaces between.
 */
export function drawLanes(lanes: readonly Lane[]): Diagram {
  const stops = [...new Set([0, ...lanes.flatMap(({ cells }) => [...cells.keys()])])].sort((a, b) => a - b);
  const columns = new Map<number, number>();
  const rows = lanes.map(() => '');

  for (const [i, frame] of stops.entries()) {
    const cells = lanes.map((lane) => lane.cells.get(frame) ?? '');
    const width = Math.max(...cells.map((cell) => cell.length), 0);
    const frames = (stops[i + 1] ?? frame + width) - frame;
    const idle = Math.max(frames - width, 0);
    const gap = idle > LONGEST_GAP || !Number.isInteger(idle) ? ` ${inTime(idle)} ` : '-'.repeat(idle);

    columns.set(frame, rows[0]?.length ?? 0);
    lanes.forEach(({ endsAt = Infinity }, lane) => {
      const over = frame >= endsAt;
      const cell = cells[lane]!.padEnd(Math.min(width, frames), over ? ' ' : '-').padEnd(width);
      rows[lane] = rows[lane]! + cell + (over ? ' '.repeat(gap.length) : gap);
    });
  }
  return { rows: rows.map((row) => row.trimEnd()), columns };
}

function inTime(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}

import type { MarbleRun } from './marbleRun.ts';
import { parseMarbles } from './parseMarbles.ts';
import type { Recorded } from './recorded.ts';

/**
 * What a drawn run says: every notification with its frame, in the order of time. Without values, letters stand for themselves.
 *
 * @example
 * readMarbles({ rows: ['--a|'], values: { a: 1 } }); // 1 at frame 2, the end at frame 3
 */
export function readMarbles(run: Pick<MarbleRun, 'rows'> & Partial<MarbleRun>): readonly Recorded[] {
  return run.rows
    .flatMap((row) => ('error' in run ? parseMarbles(row, run.values, run.error) : parseMarbles(row, run.values)))
    .sort((a, b) => a.frame - b.frame);
}

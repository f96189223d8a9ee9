import { drawLanes } from './diagram.ts';
import type { Picture } from './marbleSvg.ts';
import { runLane } from './runLane.ts';

/** Draws runs under one another, on one time axis, for a terminal. */
export function marbleText({ title, lanes }: Picture): string {
  const { rows } = drawLanes(lanes.map(({ run }) => runLane(run)));
  const width = Math.max(...lanes.map(({ name }) => name.length));
  const drawn = lanes.map(({ name }, i) => `${name.padEnd(width)}  ${rows[i]!}`.trimStart());
  return [...(title === '' ? [] : [title, '']), ...drawn, ''].join('\n');
}

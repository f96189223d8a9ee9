import { drawLanes } from './diagram.ts';
import type { MarbleRun } from './marbleRun.ts';
import { readMarbles } from './readMarbles.ts';
import { runLane } from './runLane.ts';
import { showValue } from './showValue.ts';
import type { Recorded } from './recorded.ts';
import { COLUMN, escapeXml, LANE, MARGIN, svgLane } from './svgLane.ts';

/** A lane of a picture. */
export interface PictureLane {
  readonly name: string;
  readonly run: MarbleRun;
}

/** What {@link marbleSvg} draws. */
export interface Picture {
  /** What it shows. */
  readonly title: string;
  /** From top to bottom, on one time axis. The same letter is the same value in all of them. */
  readonly lanes: readonly PictureLane[];
}

const LIGHT =
  'color:#1b1f24;--marble-0:#cfe3ff;--marble-1:#ffdfb8;--marble-2:#c9f0d4;--marble-3:#f5d0e6;--marble-4:#e2d9ff';
const DARK =
  'color:#e6edf3;--marble-0:#1f4d86;--marble-1:#7a4a10;--marble-2:#1d5c33;--marble-3:#6d2450;--marble-4:#453384';
const COLOURS = 5;
/** By what the reader prefers, and where it stands in a page with a switch, by `.dark` or `.light` further up. */
const STYLE = [
  `.rxfan-marbles{${LIGHT};font:600 13px ui-monospace,monospace}`,
  `@media(prefers-color-scheme:dark){svg.rxfan-marbles:root,:root:not(.light) .rxfan-marbles{${DARK}}}`,
  `.dark .rxfan-marbles{${DARK}}`,
  '.rxfan-marbles text{fill:currentColor}',
  '.rxfan-marbles .name{font-weight:400}',
  '.rxfan-marbles .time{font-weight:400;font-size:10px}',
  '.rxfan-marbles .group{font-weight:400;font-size:22px}',
  '.rxfan-marbles line,.rxfan-marbles circle{stroke:currentColor;stroke-width:1.5}',
].join('');

/**
 * Draws runs as a picture, to be put into a page or written to a file: for light and dark pages, with its title and all that happens
 * as text. It is as wide as its marbles need, 16 px from one to the next; let a narrow page scroll it.
 *
 * @example
 * marbleSvg({ title: 'a merge', lanes: [{ name: 'out', run: { rows: ['-a-b|'], values: { a: 1, b: 2 } } }] });
 */
export function marbleSvg({ title, lanes }: Picture): string {
  const recorded = lanes.map(({ run }) => readMarbles(run));
  const { rows } = drawLanes(lanes.map(({ run }) => runLane(run)));
  const letters = [...new Set(rows.join('').replace(/[^\p{L}\p{N}]/gu, ''))];
  const width = 2 * MARGIN + COLUMN * (Math.max(...rows.map((row) => row.length)) + 1);
  const height = LANE * lanes.length + MARGIN;
  const says = lanes.map(({ name }, i) => `${name}: ${inWords(recorded[i]!)}`).join('; ');
  const drawn = rows.map((row, i) =>
    svgLane(row, {
      name: lanes[i]!.name,
      top: LANE * i + MARGIN,
      width,
      colourOf: (symbol) => Math.max(letters.indexOf(symbol), 0) % COLOURS,
    }),
  );

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="rxfan-marbles" role="img" aria-label="${escapeXml(`${title}. ${says}`)}"`,
    `  width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escapeXml(title)}</title>`,
    `<desc>${escapeXml(says)}</desc>`,
    `<style>${STYLE}</style>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

function inWords(recorded: readonly Recorded[]): string {
  const said = recorded.map(({ frame, notification: { kind, value } }) => {
    const what = kind === 'N' ? showValue(value) : kind === 'E' ? 'an error' : 'complete';
    return `${what} at ${frame} ms`;
  });
  return said.length === 0 ? 'nothing' : said.join(', ');
}

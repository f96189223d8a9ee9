import { cut } from '../cut.ts';
import { plain } from '../plain.ts';
import { columns as known, type Column } from './columns.ts';
import { toneOf } from '../../page/graph/toneOf.ts';
import { ageText } from '../../page/words/ageText.ts';
import { countText } from '../../page/words/countText.ts';
import type { LiveNode, LiveView } from '../../../contracts/liveView.ts';
import { painted, type Tone } from './painted.ts';
import { rowsOf, type Row } from './rows.ts';

/** How much room there is for a {@link picture}. */
export interface PictureOptions {
  /** Width of a line. */
  readonly columns: number;
  /** Things to be listed at most. Default: all. */
  readonly rows?: number | undefined;
  /** How many are passed over before them. Default: 0. */
  readonly first?: number | undefined;
  /** Whether what needs a look may have a colour. */
  readonly isColoured: boolean;
}

const GAP = '  ';
const NAME = { least: 16, most: 48 };
const WAITS = { title: 'WAITS FOR', least: 24 };
const MB = 1024 ** 2;
/** As the page shows them. */
const TONES = { calm: undefined, amber: 'amber', red: 'red' } as const;

/** What runs, as lines: how the process is, and each thing below what it belongs to, first those that need a look. */
export function picture(view: LiveView, options: PictureOptions): readonly string[] {
  const { columns, rows = Infinity, first = 0, isColoured } = options;
  const all = rowsOf(view.nodes);
  const shown = all.slice(first, first + rows);
  const nameWidth = Math.min(
    Math.max(NAME.least, Math.floor(columns / 3)),
    NAME.most,
    all.reduce((width, row) => Math.max(width, nameOf(row).length), NAME.least),
  );
  const fitting = fittingIn(columns - nameWidth);
  const names = new Map(view.nodes.map(({ id, kind, name }) => [id, `${kind} '${name}'`]));

  const line = (name: string, cells: readonly string[], last: string, tone?: Tone): string => {
    const padded = cells.map((cell, i) => cell.padStart(fitting[i]!.width));
    const text = cut([cut(name, nameWidth).padEnd(nameWidth), ...padded, last].join(GAP).trimEnd(), columns);
    return isColoured ? painted(text, tone) : text;
  };

  return [
    ...headOf(view).map((text) => cut(text, columns)),
    line(
      'NAME',
      fitting.map(({ title }) => title),
      WAITS.title,
      'title',
    ),
    ...shown.map((row) => {
      const cells = fitting.map(({ cell }) => cell(row.node));
      return line(nameOf(row), cells, waitOf(row.node, names), TONES[toneOf(row.node)]);
    }),
    ...restOf(first, all.length - first - shown.length, view.omitted).map((text) => cut(text, columns)),
  ];
}

function headOf({ process, totals, alerts }: LiveView): readonly string[] {
  const { uptimeMs, lagP99Ms, heapUsedBytes, residentBytes, cpu } = process;
  const megabytes = (bytes: number) => countText(Math.round(bytes / MB));
  const kinds = Object.entries(totals).map(([kind, count]) => `${plain(kind)} ${countText(count)}`);
  return [
    [
      `up ${ageText(uptimeMs)}`,
      `event loop ${lagP99Ms.toFixed(1)} ms late`,
      `cpu ${Math.round(cpu * 100)} %`,
      `heap ${megabytes(heapUsedBytes)} MB, in all ${megabytes(residentBytes)} MB`,
      alerts === 0 ? 'no alert' : `${countText(alerts)} ${alerts === 1 ? 'alert' : 'alerts'}`,
    ].join(' · '),
    kinds.join(' · ') || 'nothing runs',
  ];
}

/** As many figures as leave room for what is waited for. */
function fittingIn(room: number): readonly Column[] {
  let left = room - WAITS.least - GAP.length;
  const tooMany = known.findIndex(({ width }) => (left -= width + GAP.length) < 0);
  return tooMany === -1 ? known : known.slice(0, tooMany);
}

function nameOf({ node, depth }: Row): string {
  const { kind, name } = node;
  return `${'  '.repeat(depth)}${depth === 0 ? `${plain(kind)} ` : ''}${plain(name)}`;
}

function waitOf({ waits: [wait] }: LiveNode, names: ReadonlyMap<number, string>): string {
  if (!wait) return '';
  const { subject, how, on, called } = wait;
  const whom = (on === undefined ? undefined : names.get(on)) ?? called;
  return plain([subject, how, whom].filter((word) => word !== undefined).join(' '));
}

function restOf(above: number, below: number, omitted: number): readonly string[] {
  const parts = [
    ...(above > 0 ? [`${countText(above)} above`] : []),
    ...(below > 0 ? [`${countText(below)} below`] : []),
    ...(omitted > 0 ? [`${countText(omitted)} more that need less of a look`] : []),
  ];
  return parts.length === 0 ? [] : [parts.join(' · ')];
}

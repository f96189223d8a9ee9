import type { Package } from '../../adapters/packages/package.ts';
import { cut } from './cut.ts';
import { plain } from './plain.ts';

const COLUMNS = ['name', 'version', 'source', 'description'] as const;
type Column = (typeof COLUMNS)[number];

const WIDEST: Readonly<Record<Column, number>> = { name: 44, version: 28, source: 20, description: Infinity };
const GAP = '  ';

/**
 * Prints packages as the rows of one table, page by page: columns may become wider from page to page, never narrower.
 * With `columns`, the width of a terminal, descriptions are cut so that a row stays on its line.
 */
export function createTable({
  columns = Infinity,
}: {
  readonly columns?: number | undefined;
}): (items: readonly Package[]) => string {
  const widths = new Map<Column, number>(COLUMNS.map((column) => [column, column.length]));
  let isFirst = true;

  const line = (cells: Readonly<Record<Column, string>>): string => {
    const fixed = COLUMNS.slice(0, -1)
      .map((column) => cells[column].padEnd(widths.get(column)!))
      .join(GAP);
    const room = columns - fixed.length - GAP.length;
    const rest = room < 12 && room !== Infinity ? '' : cut(cells.description, room);
    return `${`${fixed}${GAP}${rest}`.trimEnd()}\n`;
  };

  return (items) => {
    const rows = items.map((item) => cellsOf(item));
    for (const row of rows) {
      for (const [column, width] of widths)
        widths.set(column, Math.min(WIDEST[column], Math.max(width, row[column].length)));
    }
    const head = isFirst
      ? line({ name: 'NAME', version: 'VERSION', source: 'SOURCE', description: 'DESCRIPTION' })
      : '';
    isFirst = false;
    return head + rows.map(line).join('');
  };
}

function cellsOf({ name, version, source, description = '' }: Package): Readonly<Record<Column, string>> {
  return { name: plain(name), version: plain(version), source: plain(source), description: plain(description) };
}

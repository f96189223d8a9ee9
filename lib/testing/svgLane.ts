/** Between two marbles, in px. */
export const COLUMN = 16;
export const MARGIN = 12;
/** From one lane to the next. */
export const LANE = 56;

const TIME = / (\d+(?:\.\d+)?(?:ms|s|m)) /g;

/** Where a lane stands, and how. */
export interface SvgLane {
  readonly name: string;
  readonly top: number;
  /** Of the whole picture. */
  readonly width: number;
  /** The number of its colour for each marble. */
  readonly colourOf: (symbol: string) => number;
}

/** Draws a row of a diagram: what stands in a column stands there in the picture, and time that was left out is told. */
export function svgLane(row: string, { name, top, width, colourOf }: SvgLane): string {
  const y = top + 34;
  const times = [...row.matchAll(TIME)].map(({ index, 0: { length }, 1: text = '' }) => ({ index, length, text }));
  const isTime = (column: number) => times.some(({ index, length }) => column >= index && column < index + length);
  const end = Math.max(row.lastIndexOf('|'), row.lastIndexOf('#'));

  return [
    `<text class="name" x="${MARGIN}" y="${top + 12}">${escapeXml(name)}</text>`,
    line(MARGIN, y, end < 0 ? width - MARGIN : middle(end), y),
    ...times.map(({ index, length, text }) => label('time', middle(index + (length - 1) / 2), y - 5, text)),
    ...Array.from(row, (symbol, column) => (isTime(column) ? '' : marble(symbol, middle(column), y, colourOf))),
  ]
    .filter(Boolean)
    .join('\n');
}

/** Text as it may stand in XML, which has no way to write most control characters. */
export function escapeXml(text: string): string {
  const allowed = Array.from(text, (sign) => (sign < ' ' && !'\t\n\r'.includes(sign) ? '\ufffd' : sign)).join('');
  return allowed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function middle(column: number): number {
  return MARGIN + COLUMN * (column + 0.5);
}

function marble(symbol: string, x: number, y: number, colourOf: SvgLane['colourOf']): string {
  if (symbol === '-' || symbol === ' ') return '';
  if (symbol === '|') return line(x, y - 10, x, y + 10);
  if (symbol === '#') return line(x - 6, y - 8, x + 6, y + 8) + line(x + 6, y - 8, x - 6, y + 8);
  if (symbol === '(' || symbol === ')') return label('group', x, y + 7, symbol);
  const circle = `<circle cx="${x}" cy="${y}" r="7.5" style="fill:var(--marble-${colourOf(symbol)})"/>`;
  return circle + label('marble', x, y + 4.5, symbol);
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

function label(kind: string, x: number, y: number, text: string): string {
  return `<text class="${kind}" x="${x}" y="${y}" text-anchor="middle">${escapeXml(text)}</text>`;
}

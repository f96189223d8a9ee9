import { cut } from '../cut.ts';
import { plain } from '../plain.ts';
import type { LiveView } from '../../../contracts/liveView.ts';
import { painted } from './painted.ts';
import { picture } from './picture.ts';
import type { Viewer } from './viewer.ts';

/** What is known of a server. */
export interface Seen {
  readonly view?: LiveView | undefined;
  /** Why it is not known how it stands now. */
  readonly failure?: Error | undefined;
}

/** How much room a screen has. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Who looks at it, and where. */
export interface ScreenfulOptions {
  readonly viewer: Viewer;
  readonly size: Size;
  /** The server, as it is told. */
  readonly base: string;
  readonly isColoured: boolean;
}

/** Lines besides those of things: title, two of the process, names of columns, what is left out, keys. */
const AROUND = 6;
const KEYS = 'q leave · ↑ ↓ PgUp PgDn go · / name';
const [HOME, END_OF_LINE, END_OF_SCREEN] = ['\u001b[H', '\u001b[K', '\u001b[J'];

/** How many things there is room for. */
export function pageOf({ rows }: Size): number {
  return Math.max(1, rows - AROUND);
}

/** A whole screen as it is written over the one before. */
export function screenful({ view, failure }: Seen, options: ScreenfulOptions): string {
  const { viewer, size, base, isColoured } = options;
  const { columns, rows } = size;
  const state = failure ? `not connected: ${failure.message}; trying again` : view ? '' : 'connecting';
  const title = cut(plain(['rxfan top', base, state].filter((text) => text !== '').join(' · ')), columns);
  const body = view ? picture(view, { columns, rows: pageOf(size), first: viewer.first, isColoured }) : [];
  const lines = [isColoured && failure ? painted(title, 'red') : title, ...body].slice(0, Math.max(1, rows - 1));
  const gap = Array<string>(Math.max(0, rows - 1 - lines.length)).fill('');
  const text = [...lines, ...gap, cut(footer(viewer), columns)].join(`${END_OF_LINE}\r\n`);
  return `${HOME}${text}${END_OF_LINE}${END_OF_SCREEN}`;
}

function footer({ name, typing }: Viewer): string {
  if (typing !== undefined) return `name: ${plain(typing)}▏ Enter to look for it, Esc to leave it`;
  return name === '' ? KEYS : `${KEYS} (now ${plain(name)})`;
}

/** What whoever looks has chosen. */
export interface Viewer {
  /** How many things are passed over. */
  readonly first: number;
  /** A part of the names that are wanted. */
  readonly name: string;
  /** The name that is being typed. */
  readonly typing?: string | undefined;
  readonly isLeaving: boolean;
}

/** How much there is to go through. */
export interface Extent {
  readonly things: number;
  /** Things on one screen. */
  readonly page: number;
}

// eslint-disable-next-line no-control-regex -- they are what keys are told by
const KEY = /\u001b\[[\d;]*[A-Za-z~]|\u001bO[A-Za-z]|[^]/gu;
const LONGEST_NAME = 100;
const ESCAPE = '\u001b';
const INTERRUPT = '\u0003';
const LEAVE = new Set(['q', 'Q', ESCAPE]);
const DELETE = new Set(['\u007f', '\b']);
const ENTER = new Set(['\r', '\n']);

/** What was typed, key by key. */
export function keysOf(typed: string): readonly string[] {
  return typed.match(KEY) ?? [];
}

/** What is chosen after one more key. */
export function afterKey(viewer: Viewer, key: string, extent: Extent): Viewer {
  if (key === INTERRUPT) return { ...viewer, isLeaving: true };
  if (viewer.typing !== undefined) return afterLetter(viewer, viewer.typing, key);
  if (LEAVE.has(key)) return { ...viewer, isLeaving: true };
  if (key === '/') return { ...viewer, typing: viewer.name };
  const last = Math.max(0, extent.things - extent.page);
  return { ...viewer, first: Math.max(0, Math.min(last, placeAfter(viewer.first, key, extent.page))) };
}

function afterLetter(viewer: Viewer, typing: string, key: string): Viewer {
  if (ENTER.has(key)) return { ...viewer, first: 0, name: typing, typing: undefined };
  if (key === ESCAPE) return { ...viewer, typing: undefined };
  if (DELETE.has(key)) return { ...viewer, typing: typing.slice(0, -1) };
  const isLetter = !/^\p{Cc}/u.test(key);
  return isLetter && typing.length < LONGEST_NAME ? { ...viewer, typing: typing + key } : viewer;
}

function placeAfter(first: number, key: string, page: number): number {
  switch (key) {
    case '\u001b[A':
    case '\u001bOA':
    case 'k':
      return first - 1;
    case '\u001b[B':
    case '\u001bOB':
    case 'j':
      return first + 1;
    case '\u001b[5~':
      return first - page;
    case '\u001b[6~':
    case ' ':
      return first + page;
    case '\u001b[H':
    case 'g':
      return 0;
    case '\u001b[F':
    case 'G':
      return Infinity;
    default:
      return first;
  }
}

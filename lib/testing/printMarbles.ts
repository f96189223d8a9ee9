import { drawLanes } from './diagram.ts';
import { frameCells, marbleOf } from './frameCells.ts';
import type { MarbleRun } from './marbleRun.ts';
import type { Recorded } from './recorded.ts';

const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');
/** When there are no more letters: more than twenty thousand characters that mean nothing to a diagram. */
const FURTHER = 0x4e00;
const MINUS_ZERO = Symbol('-0');

/**
 * Draws what was recorded, so that {@link readMarbles} gives it back. A letter stands for itself, and any other value gets one,
 * the same again for what is the same by `Object.is`.
 *
 * @example
 * const { rows, values } = printMarbles(recorded); // ['--a--b|'], { a: 1, b: 2 }
 */
export function printMarbles(recorded: readonly Recorded[]): MarbleRun {
  const values = recorded.flatMap(({ notification }) => (notification.kind === 'N' ? [notification.value] : []));
  const symbols = assignSymbols(values);
  const symbolOf = (value: unknown) => symbols.get(keyOf(value))!;
  const rows: Map<number, string>[] = [];
  const room: number[] = [];

  for (const [frame, cell] of frameCells(recorded.map((one) => marbleOf(one, symbolOf)))) {
    const free = room.findIndex((from) => from <= frame);
    const row = free < 0 ? rows.length : free;
    rows[row] = (rows[row] ?? new Map<number, string>()).set(frame, cell);
    room[row] = frame + cell.length;
  }

  const failed = recorded.find(({ notification }) => notification.kind === 'E');
  return {
    rows: rows.length === 0 ? ['-'] : rows.map((cells) => drawLanes([{ cells }]).rows[0]!.trimStart()),
    values: Object.fromEntries(values.map((value) => [symbolOf(value), value])),
    ...(failed && { error: failed.notification.error }),
  };
}

/** Letters stand for themselves, whoever comes first. */
function assignSymbols(values: readonly unknown[]): ReadonlyMap<unknown, string> {
  const own = LETTERS.filter((letter) => values.includes(letter));
  const unused = LETTERS.filter((letter) => !own.includes(letter));
  const symbols = new Map<unknown, string>(own.map((letter) => [letter, letter]));
  let further = FURTHER;
  for (const value of values.map(keyOf)) {
    if (!symbols.has(value)) symbols.set(value, unused.shift() ?? String.fromCharCode(further++));
  }
  return symbols;
}

/** A Map takes -0 for 0. */
function keyOf(value: unknown): unknown {
  return Object.is(value, -0) ? MINUS_ZERO : value;
}

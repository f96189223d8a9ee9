import { showValue } from './showValue.ts';

/** Gives each distinct value one character to stand for it in a diagram. */
export interface MarbleSymbols {
  readonly symbolOf: (value: unknown) => string;
  /** What each character stands for, a line each; empty when every one stands for itself. */
  readonly legend: () => readonly string[];
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzαβγδεζηθικλμνξοπρστυφχψω';
const UNFIT = /^[-|#()^! ]$/;

/** `names` are the values as the test calls them; a text of one character stands for itself; the rest get letters. */
export function createMarbleSymbols(
  same: (a: unknown, b: unknown) => boolean,
  names: Readonly<Record<string, unknown>>,
): MarbleSymbols {
  const given: { readonly symbol: string; readonly value: unknown }[] = [];
  const taken = new Set(Object.keys(names));

  const choose = (value: unknown): string => {
    const name = Object.keys(names).find((key) => key.length === 1 && same(names[key], value));
    if (name !== undefined) return name;
    if (typeof value === 'string' && value.length === 1 && !UNFIT.test(value) && !taken.has(value)) return value;
    return Array.from(LETTERS).find((letter) => !taken.has(letter)) ?? '?';
  };

  return {
    symbolOf: (value) => {
      const known = given.find((entry) => same(entry.value, value));
      if (known) return known.symbol;
      const symbol = choose(value);
      taken.add(symbol);
      given.push({ symbol, value });
      return symbol;
    },
    legend: () =>
      given.every(({ symbol, value }) => symbol === value)
        ? []
        : given.map(({ symbol, value }) => `${symbol} = ${showValue(value)}`),
  };
}

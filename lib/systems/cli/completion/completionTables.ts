import type { Candidate, CompletionPlace, Taken } from './completionPlaces.ts';

/** What a script looks up: the lines to offer by what has been typed, a line being a word, a tab, and what it is. */
export interface CompletionTables {
  /** The commands, each with the words that lead to it. */
  readonly steps: readonly string[];
  /** What comes after an option that has a value, by command and option. */
  readonly values: readonly { readonly keys: readonly string[]; readonly lines: readonly string[] }[];
  /** The options, and the subcommands or first arguments, by command. */
  readonly options: readonly { readonly key: string; readonly lines: readonly string[] }[];
  readonly words: readonly { readonly key: string; readonly lines: readonly string[] }[];
}

/** Stands for whatever the file system has; no word of a command line begins with a colon. */
export const FILES = ':files';

/** The places of a command line, by what leads there. */
export function completionTables(places: readonly CompletionPlace[]): CompletionTables {
  return {
    steps: places.slice(1).map(({ path }) => path),
    values: places.flatMap(({ path, values }) =>
      values.map(({ names, taken }) => ({ keys: names.map((name) => `${path} ${name}`), lines: linesOf(taken) })),
    ),
    options: places
      .map(({ path, options }) => ({ key: path, lines: options.map(lineOf) }))
      .filter(({ lines }) => lines.length > 0),
    words: places
      .map(({ path, commands, argument }) => ({ key: path, lines: [...commands.map(lineOf), ...linesOf(argument)] }))
      .filter(({ lines }) => lines.length > 0),
  };
}

function linesOf(taken: Taken): readonly string[] {
  switch (taken.kind) {
    case 'words':
      return taken.words.map(lineOf);
    case 'files':
      return [FILES];
    case 'anything':
      return [];
  }
}

function lineOf({ word, description }: Candidate): string {
  return description === '' ? word : `${word}\t${description}`;
}

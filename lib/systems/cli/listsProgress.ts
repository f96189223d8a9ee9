import type { Terminal } from './terminal.ts';

/** Shows which lists are still waited for. */
export interface ListsProgress {
  /** These are read from now on. */
  readonly begin: (names: readonly string[]) => void;
  /** This one has answered, or failed. */
  readonly answered: (name: string) => void;
  /** Nobody waits any more. */
  readonly end: () => void;
}

/** Nothing is shown before `begin`, nor after `end`. */
export function listsProgress({ progress }: Pick<Terminal, 'progress'>): ListsProgress {
  let lists = 0;
  let waiting: ReadonlySet<string> | undefined;
  const show = (names: ReadonlySet<string>) => {
    waiting = names;
    if (names.size === 0) progress('reading the lists');
    else progress(`reading the lists, ${lists - names.size} of ${lists}: waiting for ${[...names].join(', ')}`);
  };

  return {
    begin: (names) => {
      lists = names.length;
      show(new Set(names));
    },
    answered: (name) => {
      if (waiting) show(new Set([...waiting].filter((other) => other !== name)));
    },
    end: () => {
      if (waiting) progress(undefined);
      waiting = undefined;
    },
  };
}

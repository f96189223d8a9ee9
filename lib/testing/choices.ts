/** Where a run left the usual order: at which question, and which of the possible ways it took instead of the first. */
export interface Choice {
  readonly at: number;
  readonly pick: number;
}

/** Answers the questions of one run: which of `count` ways, the last of which may be to cancel. */
export interface Chooser {
  choose(count: number, mayCancel?: boolean): number;
  /** What it chose so far, save for the usual. */
  readonly made: readonly Choice[];
}

/** Chooses by chance. Every other run is never cancelled, or hardly one would get far. */
export function randomChooser(random: () => number, cancels: boolean): Chooser {
  return chooser((_, count, mayCancel) => Math.floor(random() * (mayCancel && !cancels ? count - 1 : count)));
}

/** Takes the usual way, the first, save where choices say otherwise. */
export function replayChooser(choices: readonly Choice[]): Chooser {
  const picks = new Map(choices.map(({ at, pick }) => [at, pick]));
  return chooser((at, count) => Math.min(picks.get(at) ?? 0, count - 1));
}

function chooser(pickOf: (at: number, count: number, mayCancel: boolean) => number): Chooser {
  const made: Choice[] = [];
  let asked = 0;
  return {
    made,
    choose(count, mayCancel = false) {
      const at = asked++;
      const pick = pickOf(at, count, mayCancel);
      if (pick > 0) made.push({ at, pick });
      return pick;
    },
  };
}

/** Fewer choices, and nearer ones, that still fail: each is left out, or its pick lowered, while that is so. */
export function shrinkChoices(
  choices: readonly Choice[],
  fails: (fewer: readonly Choice[]) => boolean,
): readonly Choice[] {
  const smaller = [
    ...choices.map((_, i) => choices.filter((__, other) => other !== i)),
    ...choices.flatMap(({ at, pick }, i) => (pick > 1 ? [choices.with(i, { at, pick: pick - 1 })] : [])),
  ];
  const found = smaller.find(fails);
  return found === undefined ? choices : shrinkChoices(found, fails);
}

/** `3.1 7.2`: at question 3 the second way, at question 7 the third. */
export function writeChoices(choices: readonly Choice[]): string {
  return choices.map(({ at, pick }) => `${at}.${pick}`).join(' ');
}

/** Reads what {@link writeChoices} wrote. */
export function readChoices(text: string): readonly Choice[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map((word) => {
      const [, at, pick] = /^(\d+)\.(\d+)$/.exec(word) ?? [];
      if (at === undefined || pick === undefined) throw new TypeError(`a choice is written like 3.1, not ${word}`);
      return { at: Number(at), pick: Number(pick) };
    });
}

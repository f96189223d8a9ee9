import { ageText, countText } from './figureText.ts';
import { enroll } from './inspector.ts';
import type { Part } from './part.ts';
import type { Supply } from './supply.ts';

/** What there is to be seen of a merge while it is subscribed to. */
export interface InspectedMerge {
  readonly name: string;
  readonly supplies: readonly Supply<unknown>[];
}

/** Shows a merge to the inspection that runs: it waits for every source whose next value is not known. */
export function enrollMerge(merge: InspectedMerge): (() => void) | undefined {
  return enroll(merge, mergePart);
}

function mergePart(merge: InspectedMerge): Part {
  const { name, supplies } = merge;
  return {
    kind: 'merge',
    name,
    of: merge,
    look(now) {
      const states = supplies.map((supply) => ({ supply, ...supply.state?.() }));
      const silent = states.filter(({ awaited }) => awaited);
      return {
        figures: { waiting: states.reduce((sum, { held = 0 }) => sum + held, 0), sources: supplies.length },
        waits: silent
          .sort((a, b) => (a.awaited ?? now) - (b.awaited ?? now))
          .map(({ supply: on }) => ({ how: 'waits for', on })),
        parts: supplies.map((supply, i) => sourcePart(`${name}/${countText(i)}`, supply)),
      };
    },
  };
}

function sourcePart(name: string, supply: Supply<unknown>): Part {
  return {
    kind: 'source',
    name,
    of: supply,
    look(now) {
      const { awaited, held } = supply.state?.() ?? {};
      return {
        figures: { held },
        waits: awaited === undefined ? [] : [{ how: `has shown no value for ${ageText(now - awaited)}` }],
      };
    },
  };
}

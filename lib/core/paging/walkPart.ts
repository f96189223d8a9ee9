import { ageText } from '../../../operators/internal/figureText.ts';
import type { Part } from '../../../operators/internal/part.ts';
import type { Lane } from './lane.ts';

/** What there is to be seen of a walk. */
export interface InspectedWalk<T> {
  readonly name: string;
  readonly lanes: readonly Lane<T>[];
  /** Those that have yet to show a head, while the walk runs. */
  readonly awaited: () => readonly Lane<T>[];
}

/** A walk through merged pages as an inspection sees it: it waits for every source that has shown no head. */
export function walkPart<T>(walk: InspectedWalk<T>): Part {
  const { name, lanes, awaited } = walk;
  return {
    kind: 'walk',
    name,
    of: walk,
    look: () => ({
      figures: { sources: lanes.length },
      waits: awaited().map((on) => ({ how: 'waits for', on })),
      parts: lanes.map(sourcePart),
    }),
  };
}

function sourcePart<T>(lane: Lane<T>): Part {
  return {
    kind: 'page source',
    name: lane.name,
    of: lane,
    look(now) {
      const askedAt = lane.queue.askedAt();
      const age = askedAt === undefined ? undefined : now - askedAt;
      return {
        figures: { items: lane.hand?.items.length, callAgeMs: age },
        waits: age === undefined ? [] : [{ subject: 'its call', how: `is ${ageText(age)} old` }],
      };
    },
  };
}

import type { Look, Part, Wait } from '../../../operators/internal/part.ts';
import { shownText } from '../../boundary/shownText.ts';
import type { InspectedNode, InspectedWait } from '../../contracts/inspection.ts';

/** A part that was looked at. */
export interface Seen {
  readonly id: number;
  readonly part: Part;
  readonly within: object | undefined;
  readonly look: Look;
}

const LONGEST_NAME = 120;
const MOST_WAITS = 16;
const MOST_FIGURES = 32;

/** A part as plain data, within bounds. `holders`: who has most of it comes first. */
export function nodeOf(
  { id, part, within, look }: Seen,
  seen: ReadonlyMap<object, Seen>,
  holders: readonly object[],
): InspectedNode {
  const { figures = {}, counts = {}, waits = [], heldBy } = look;
  const parent = within && seen.get(within);
  const held = heldBy === undefined ? [] : holders.map((on): Wait => ({ how: heldBy, on }));
  return {
    id,
    kind: shownText(part.kind, LONGEST_NAME),
    name: shownText(part.name, LONGEST_NAME),
    ...(parent && { within: parent.id }),
    figures: finite(figures),
    counts: finite(counts),
    needs: look.needs ?? 'all',
    waits: [...waits, ...held].slice(0, MOST_WAITS).map((wait) => waitOf(wait, seen)),
  };
}

function waitOf({ subject, how, on, called }: Wait, seen: ReadonlyMap<object, Seen>): InspectedWait {
  const target = on && seen.get(on);
  return {
    ...(subject !== undefined && { subject: shownText(subject) }),
    how: shownText(how),
    ...(target && { on: target.id }),
    ...(!target && called !== undefined && { called: shownText(called, LONGEST_NAME) }),
    ...(!target && on && called === undefined && { called: 'something that is not listed' }),
  };
}

/** By hand, for it is done twice for each of ten thousand nodes. */
function finite(figures: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> {
  const kept: Record<string, number> = {};
  let left = MOST_FIGURES;
  for (const name of Object.keys(figures)) {
    const figure = figures[name];
    if (figure === undefined || !Number.isFinite(figure)) continue;
    if (left-- === 0) break;
    kept[name] = figure;
  }
  return kept;
}

import { Fifo } from '../../../operators/internal/fifo.ts';
import type { Look, Part } from '../../../operators/internal/part.ts';
import { inWords } from '../../contracts/inWords.ts';
import type { InspectionGraph } from '../../contracts/inspection.ts';
import { nodeOf, type Seen } from './nodeOf.ts';

/** What a graph is made of. */
export interface GraphOptions {
  readonly parts: Iterable<Part>;
  readonly idOf: (thing: object) => number;
  readonly now: number;
  readonly maxNodes: number;
}

/** Looks at parts, at what belongs to them, and at what they wait for, each once: at `maxNodes` of them at most. */
export function graphOf({ parts, idOf, now, maxNodes }: GraphOptions): InspectionGraph {
  const seen = new Map<object, Seen>();
  const line = new Fifo<{ readonly part: Part; readonly within: object | undefined }>();
  let omitted = 0;

  const meet = (part: Part, within: object | undefined): void => {
    if (seen.has(part.of)) return;
    if (seen.size >= maxNodes) {
      omitted++;
      return;
    }
    // Taken in now, and looked at when those before it are: whoever belongs to it comes after it.
    seen.set(part.of, { id: idOf(part.of), part, within, look: {} });
    line.push({ part, within });
  };

  for (const part of parts) meet(part, undefined);
  while (line.size > 0) {
    const { part, within } = line.shift();
    const look = lookAt(part, now);
    seen.set(part.of, { id: idOf(part.of), part, within, look });
    for (const own of look.parts ?? []) meet(own, part.of);
  }
  const holders = holdersOf(seen);
  const nodes = [...seen].map(([thing, one]) => nodeOf(one, seen, holders.get(thing) ?? []));
  return { time: now, nodes, omitted };
}

/** Whoever is looked at may be of a user, and must not hide all the others. */
function lookAt(part: Part, now: number): Look {
  try {
    const look = part.look(now);
    return { ...look, parts: [...(look.parts ?? [])] };
  } catch (thrown) {
    return { waits: [{ how: `cannot be looked at: ${inWords(thrown)}` }] };
  }
}

/** Who holds some of a thing, by thing; who has most of it comes first. */
function holdersOf(seen: ReadonlyMap<object, Seen>): ReadonlyMap<object, readonly object[]> {
  const holders = new Map<object, { readonly holder: object; readonly amount: number }[]>();
  for (const [holder, { look }] of seen) {
    for (const { on, amount } of look.holds ?? []) {
      const all = holders.get(on) ?? [];
      holders.set(on, all);
      all.push({ holder, amount });
    }
  }
  return new Map(
    [...holders].map(([on, all]) => [on, all.sort((a, b) => b.amount - a.amount).map(({ holder }) => holder)]),
  );
}

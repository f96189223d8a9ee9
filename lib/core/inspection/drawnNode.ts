import { countText } from '../../../operators/internal/figureText.ts';
import type { InspectedNode, InspectedWait, InspectionGraph } from '../../contracts/inspection.ts';

/** A node as pictures show it: two lines. */
export function linesOf({ kind, name, figures }: InspectedNode): readonly [string, string] {
  const { waiting, capacity, used, size, running } = figures;
  const of = (part: number, most: number | undefined) =>
    most === undefined ? countText(part) : `${countText(part)} of ${countText(most)}`;
  const facts = [
    ...(waiting === undefined ? [] : [`${of(waiting, capacity)} waiting`]),
    ...(used === undefined ? [] : [`${of(used, size)} used`]),
    ...(running === undefined ? [] : [`${countText(running)} running`]),
  ];
  return [`${kind} ${name}`, facts.join(', ')];
}

/** Who waits for whom, with the reason. */
export function edgesOf({
  nodes,
}: InspectionGraph): readonly { readonly from: number; readonly to: number; readonly why: string }[] {
  const known = new Set(nodes.map(({ id }) => id));
  const whyOf = ({ subject, how }: InspectedWait) => (subject === undefined ? how : `${subject} ${how}`);
  return nodes.flatMap(({ id, waits }) =>
    waits.flatMap((wait) =>
      wait.on !== undefined && known.has(wait.on) ? [{ from: id, to: wait.on, why: whyOf(wait) }] : [],
    ),
  );
}

import type { Pair } from './laneComparison.ts';
import type { Recorded } from './recorded.ts';

/** What is likely to be wrong where the same marbles came at other times from a frame on; undefined where others came. */
export function streamHint(
  { expected, received }: Pair<readonly Recorded[]>,
  from: number,
  same: (a: unknown, b: unknown) => boolean,
): string | undefined {
  const [wanted, came] = [expected, received].map((all) => all.filter(({ frame }) => frame >= from));
  const isSame = wanted!.every((one, i) => same(one.notification, came![i]?.notification));
  const [first, other] = [wanted![0], came![0]];
  if (!isSame || wanted!.length !== came!.length || !first || !other) return undefined;

  const shift = other.frame - first.frame;
  const group = lastGroup(expected, from);
  if (group && shift === 1 - group.width) {
    const { at, width } = group;
    return `a group takes as many frames as it has characters: that at ${at} ms takes ${width}, what follows stands at ${at + width} ms or later`;
  }
  const isShift = wanted!.every(({ frame }, i) => came![i]!.frame - frame === shift);
  return isShift ? `from there on the same comes, ${Math.abs(shift)} ms ${shift > 0 ? 'later' : 'earlier'}` : undefined;
}

/** The last frame before `from` at which several marbles were drawn, and how many characters that takes. */
function lastGroup(
  expected: readonly Recorded[],
  from: number,
): { readonly at: number; readonly width: number } | undefined {
  const at = expected.findLast(({ frame }) => frame < from)?.frame;
  const count = expected.filter(({ frame }) => frame === at).length;
  return at === undefined || count < 2 ? undefined : { at, width: count + 2 };
}

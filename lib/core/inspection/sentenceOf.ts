import { countText } from '../../../operators/internal/figureText.ts';
import type { InspectedNode, InspectedWait } from '../../contracts/inspection.ts';
import type { Step } from './chainOf.ts';

const MOST_STEPS = 16;

/** A chain of blame as a sentence. `circle`: those at its end that wait for each other. */
export function sentenceOf(steps: readonly Step[], circle: readonly InspectedNode[]): string {
  const [first] = steps;
  const last = steps.at(-1);
  if (!first || !last) return '';
  if (!first.wait) return `${labelOf(first.node)}${factsOf(first.node)} waits for nothing`;
  const chain = shortened(steps).map((step, i) => (typeof step === 'string' ? step : clause(step, i === 0)));
  const [again] = circle;
  if (!again) return `${chain.join('')}${called(last.wait)}`;
  const others = circle.map(labelOf);
  return `${chain.join('')} ${labelOf(again)} again: a deadlock of ${inOne(others)}`;
}

/** `topic 'orders'`. */
function labelOf({ kind, name }: InspectedNode): string {
  return `${kind} '${name}'`;
}

/** Up to where the next one is named. */
function clause({ node, wait }: Step, isFirst: boolean): string {
  const name = `${isFirst ? '' : ' '}${labelOf(node)}${factsOf(node)}`;
  if (!wait) return name;
  const { subject, how } = wait;
  if (subject === undefined) return isFirst ? `${name} ${how}` : `${name}, which ${how}`;
  return isFirst ? `${name}: ${subject} ${how}` : `${name}, ${subject.replace(/\bits\b/, 'whose')} ${how}`;
}

function called(wait: InspectedWait | undefined): string {
  return wait?.called === undefined ? '' : ` ${wait.called}`;
}

/** ` (1,000 of 1,000 waiting)`. */
function factsOf({ figures }: InspectedNode): string {
  const { waiting, capacity, used, size } = figures;
  if (used !== undefined && size !== undefined) return ` (${countText(used)} of ${countText(size)} used)`;
  if (waiting === undefined) return '';
  return capacity === undefined
    ? ` (${countText(waiting)} waiting)`
    : ` (${countText(waiting)} of ${countText(capacity)} waiting)`;
}

/** A long chain without its middle: who asks and who is to blame are at its ends. */
function shortened(steps: readonly Step[]): readonly (Step | string)[] {
  if (steps.length <= MOST_STEPS) return steps;
  const half = MOST_STEPS / 2;
  const left = steps.length - MOST_STEPS;
  return [...steps.slice(0, half), ` (and ${countText(left)} more) and so on to`, ...steps.slice(-half)];
}

function inOne(names: readonly string[]): string {
  const shown = names.length <= MOST_STEPS ? names : [...names.slice(0, MOST_STEPS - 1)];
  const rest = names.length - shown.length;
  const all = rest > 0 ? [...shown, `${countText(rest)} more`] : shown;
  return all.length === 1 ? all[0]! : `${all.slice(0, -1).join(', ')} and ${all.at(-1)!}`;
}

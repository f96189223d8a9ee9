import type { LiveNode } from '../../../contracts/liveView.ts';
import { countText } from '../words/countText.ts';

/** What is out of the ordinary about a thing, in a word or two; empty where nothing is. */
export function stateText({ figures, rates, waits }: LiveNode): string {
  const { failed = 0, dropped = 0, refused = 0, discarded = 0 } = rates;
  const lost = dropped + refused + discarded;
  if (failed > 0) return `fails ${countText(failed)}/s`;
  if (lost > 0) return `drops ${countText(lost)}/s`;
  if (figures['alertSince'] !== undefined) return 'alert';
  if (waits.some(({ how }) => how === 'is paused')) return 'paused';
  const { blocked = 0 } = figures;
  return blocked > 0 ? 'blocks' : '';
}

import { ageText } from '../../page/words/ageText.ts';
import { countText } from '../../page/words/countText.ts';
import type { LiveNode } from '../../../contracts/liveView.ts';

/** One figure of each thing. */
export interface Column {
  readonly title: string;
  readonly width: number;
  readonly cell: (node: LiveNode) => string;
}

const BAR = 10;
const GOES_IN = ['offered', 'published', 'received', 'started', 'messages'];
const GOES_OUT = ['succeeded', 'acked', 'emitted', 'relayed'];
const GETS_LOST = ['failed', 'dropped', 'refused', 'discarded', 'nacked'];

/** What is shown of each thing, the most important first. */
export const columns: readonly Column[] = [
  { title: 'FILLED', width: BAR, cell: ({ figures: { waiting, capacity } }) => bar(waiting, capacity) },
  { title: 'WAITING', width: 13, cell: ({ figures: { waiting, capacity } }) => ofAll(waiting, capacity) },
  { title: 'RUNNING', width: 9, cell: ({ figures: { running, concurrency } }) => ofAll(running, concurrency) },
  {
    title: 'IN/S',
    width: 8,
    cell: ({ rates }) =>
      rate(
        GOES_IN.find((name) => name in rates),
        rates,
      ),
  },
  {
    title: 'OUT/S',
    width: 8,
    cell: ({ rates }) =>
      rate(
        GOES_OUT.find((name) => name in rates),
        rates,
      ),
  },
  {
    title: 'LOST/S',
    width: 8,
    cell: ({ rates }) => shown(GETS_LOST.reduce((sum, name) => sum + (rates[name] ?? 0), 0)),
  },
  {
    title: 'OLDEST',
    width: 8,
    cell: ({ figures: { oldestAgeMs = 0 } }) => (oldestAgeMs > 0 ? ageText(oldestAgeMs) : ''),
  },
];

function bar(waiting = 0, capacity = 0): string {
  if (capacity === 0) return '';
  const filled = Math.min(BAR, Math.ceil((waiting / capacity) * BAR));
  return '█'.repeat(filled) + '░'.repeat(BAR - filled);
}

function ofAll(some: number | undefined, all: number | undefined): string {
  if (some === undefined) return '';
  return all === undefined ? countText(some) : `${countText(some)}/${countText(all)}`;
}

function rate(name: string | undefined, rates: Readonly<Record<string, number>>): string {
  return name === undefined ? '' : shown(rates[name] ?? 0);
}

function shown(perSecond: number): string {
  if (perSecond === 0) return '';
  return perSecond < 100 ? perSecond.toFixed(1) : countText(perSecond);
}

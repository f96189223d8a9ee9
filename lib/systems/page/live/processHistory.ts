import type { LiveView, ProcessFigures } from '../../../contracts/liveView.ts';

/** The figures of the process at one moment. */
export interface Sample extends ProcessFigures {
  readonly time: number;
}

export const noHistory: readonly Sample[] = [];

/** How far the charts go back, and how close two of their points may be, in ms. */
export const HISTORY_MS = 120_000;
const APART_MS = 900;

/** What is remembered with one more sample; the same where it is too early for one. */
export function withSample(history: readonly Sample[], { time, process }: LiveView): readonly Sample[] {
  const last = history.at(-1)?.time ?? -Infinity;
  if (time >= last && time - last < APART_MS) return history;
  const kept = history.filter((sample) => sample.time > time - HISTORY_MS && sample.time < time);
  return [...kept, { time, ...process }];
}

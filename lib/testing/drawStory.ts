import { drawLanes } from './diagram.ts';
import { frameCells } from './frameCells.ts';
import type { StoryEvent } from './exploredRun.ts';
import { createMarbleSymbols } from './marbleSymbols.ts';

const SIGNS: Readonly<Record<string, string>> = { error: '#', complete: '|', subscribe: '^', unsubscribe: '!' };

/** Draws a run, a lane for each source, call and for what comes out, and a column for each step; and says what letters mean. */
export function drawStory(story: readonly StoryEvent[]): readonly string[] {
  const names = [...new Set(story.map(({ lane }) => lane))];
  const { symbolOf, legend } = createMarbleSymbols(Object.is, {});
  const marbles = story.map(({ lane, step, kind, value }) => ({
    lane,
    at: [step, SIGNS[kind] ?? symbolOf(value)] as const,
  }));
  const lanes = names.map((name) => ({
    cells: frameCells(marbles.filter(({ lane }) => lane === name).map(({ at }) => at)),
  }));
  const width = Math.max(...names.map((name) => name.length));
  const { rows } = drawLanes(lanes);
  return [...names.map((name, lane) => `${name.padEnd(width)}  ${rows[lane]!}`), ...legend()];
}

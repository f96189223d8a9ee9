import { drawLanes } from './diagram.ts';
import type { StoryEvent } from './exploredRun.ts';
import { createMarbleSymbols } from './marbleSymbols.ts';

const SIGNS: Readonly<Record<string, string>> = { error: '#', complete: '|', subscribe: '^', unsubscribe: '!' };

/** Draws a run, a lane for each source, call and for what comes out, and a column for each step; and says what letters mean. */
export function drawStory(story: readonly StoryEvent[]): readonly string[] {
  const names = [...new Set(story.map(({ lane }) => lane))];
  const { symbolOf, legend } = createMarbleSymbols(Object.is, {});
  const lanes = names.map((name) => {
    const cells = new Map<number, string>();
    for (const { lane, step, kind, value } of story) {
      if (lane === name) cells.set(step, (cells.get(step) ?? '') + (SIGNS[kind] ?? symbolOf(value)));
    }
    return {
      cells: new Map([...cells].map(([step, marbles]) => [step, marbles.length > 1 ? `(${marbles})` : marbles])),
    };
  });
  const width = Math.max(...names.map((name) => name.length));
  const { rows } = drawLanes(lanes);
  return [...names.map((name, lane) => `${name.padEnd(width)}  ${rows[lane]!}`), ...legend()];
}

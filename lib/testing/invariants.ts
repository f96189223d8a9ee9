import { OUT, type ExploredRun, type StoryEvent } from './exploredRun.ts';

/** What holds in every run of a pipeline. */
export interface Invariant {
  readonly name: string;
  /** How a run breaks it; undefined when it does not. */
  broken(run: ExploredRun): string | undefined;
}

/** What comes out is in this order. */
export function inOrder<T>(compare: (a: T, b: T) => number): Invariant {
  return {
    name: 'order',
    broken: ({ story }) => {
      const out = valuesOf(story, OUT) as readonly T[];
      const at = out.findIndex((value, i) => i > 0 && compare(out[i - 1]!, value) > 0);
      return at < 0 ? undefined : `${String(out[at])} comes after ${String(out[at - 1])}`;
    },
  };
}

/** What `of` gives comes out, each once, and nothing else does; a run that does not complete may leave some out. */
export function noLoss(of: (story: readonly StoryEvent[]) => readonly unknown[]): Invariant {
  return {
    name: 'no loss',
    broken: ({ story, ended }) => {
      const left = [...valuesOf(story, OUT)];
      const lost = of(story).filter((value) => {
        const at = left.indexOf(value);
        if (at >= 0) left.splice(at, 1);
        return at < 0;
      });
      if (left.length > 0) return `${String(left[0])} comes out and never went in, or comes out twice`;
      return ended === 'complete' && lost.length > 0 ? `${String(lost[0])} is lost` : undefined;
    },
  };
}

/** At most so many of the calls whose names begin so are running. */
export function atMost(count: number, prefix: string): Invariant {
  return {
    name: 'bound',
    broken: ({ story }) => {
      let running = 0;
      for (const { kind, step } of story.filter((event) => event.lane.startsWith(prefix))) {
        if (kind === 'subscribe') running++;
        else if (kind !== 'next') running--;
        if (running > count) return `${running} of ${prefix} run at step ${step}, and not ${count}`;
      }
      return undefined;
    },
  };
}

/** A run ends once: it completes or fails when nothing more can happen, and nothing comes after the end. */
export const endsOnce: Invariant = {
  name: 'one end',
  broken: ({ story, ended }) => {
    if (ended === 'open') return 'nothing can happen any more, and it has not ended';
    if (ended === 'endless') return 'it takes no end';
    const ends = story.filter(({ lane, kind }) => lane === OUT && kind !== 'next');
    return ends.length === 1 ? undefined : `it ends ${ends.length} times`;
  },
};

/** After the end nothing is subscribed to, and no timer is set. */
export const noLeak: Invariant = {
  name: 'no leak',
  broken: ({ ended, left, timersLeft }) => {
    if (ended === 'open' || ended === 'endless') return undefined;
    if (left.length > 0) return `${left.join(', ')} is still subscribed to after the end`;
    return timersLeft ? 'a timer is still set after the end' : undefined;
  },
};

/** The values of a lane, or of all whose names begin so. */
export function valuesOf(story: readonly StoryEvent[], prefix: string): readonly unknown[] {
  return story.flatMap(({ lane, kind, value }) => (kind === 'next' && lane.startsWith(prefix) ? [value] : []));
}

import type { Observable } from 'rxjs';
import {
  randomChooser,
  readChoices,
  replayChooser,
  shrinkChoices,
  writeChoices,
  type Choice,
  type Chooser,
} from './choices.ts';
import { drawStory } from './drawStory.ts';
import type { ExploredRun } from './exploredRun.ts';
import type { World } from './exploredWorld.ts';
import { exploreOnce } from './exploreOnce.ts';
import type { Invariant } from './invariants.ts';
import { seededRandom } from './seededRandom.ts';

/** How {@link explore} goes about it. */
export interface ExploreOptions {
  readonly invariants: readonly Invariant[];
  /** The same seed, the same runs. Default: 1. */
  readonly seed?: number | undefined;
  /** Default: 500. */
  readonly runs?: number | undefined;
  /** Most steps of a run. Default: 1 000. */
  readonly maxSteps?: number | undefined;
  /** What a failure printed, to have that one run alone. */
  readonly replay?: string | undefined;
}

/** What {@link explore} has seen. */
export interface Explored {
  readonly runs: number;
  /** How many of them went differently from all others. */
  readonly distinct: number;
}

/** A pipeline breaks an invariant when things happen in a certain order. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  readonly code = 'invariant_broken';
  readonly invariant: string;
  /** The few choices that matter. */
  readonly choices: readonly Choice[];
  /** Give it to `explore` as `replay` to see the run again. */
  readonly replay: string;
  /** How many runs it took. */
  readonly runs: number;

  constructor(invariant: string, says: string, choices: readonly Choice[], runs: number, run: ExploredRun) {
    const replay = writeChoices(choices);
    super(
      [`${invariant}: ${says} (run ${runs}; again with replay: '${replay}')`, '', ...drawStory(run.story), ''].join(
        '\n',
      ),
    );
    this.invariant = invariant;
    this.choices = choices;
    this.replay = replay;
    this.runs = runs;
  }
}

/**
 * Runs a pipeline many times, each in another order of what could happen at the same time: which source is next, which call is
 * done, whether a timer comes first, whether whoever listens leaves. The first run that breaks an invariant is made as simple as it
 * goes, and thrown as InvariantError: as marbles, and with what it takes to run it again.
 *
 * Everything is synchronous and virtual: promises have no part in it. The first run takes the usual order: who waits for the
 * longest time is next, timers come when nothing else can, nobody leaves.
 *
 * @example
 * explore(({ source, call }) => source('in', [1, 2, 3]).pipe(mergeMapBounded((n) => call(`call ${n}`, n), { concurrency: 2 })), {
 *   invariants: [atMost(2, 'call'), noLoss((story) => valuesOf(story, 'in')), endsOnce, noLeak],
 * });
 */
export function explore(pipeline: (world: World) => Observable<unknown>, options: ExploreOptions): Explored {
  const { invariants, seed = 1, runs = 500, maxSteps = 1_000, replay } = options;
  const random = seededRandom(seed);
  const seen = new Set<string>();

  const attempt = (chooser: Chooser) => {
    const run = exploreOnce(pipeline, chooser, maxSteps);
    for (const invariant of invariants) {
      const says = invariant.broken(run);
      if (says !== undefined) return { run, says, invariant };
    }
    return undefined;
  };
  const check = (chooser: Chooser, count: number) => {
    const failure = attempt(chooser);
    seen.add(writeChoices(chooser.made));
    if (failure === undefined) return;
    const same = (fewer: readonly Choice[]) => attempt(replayChooser(fewer))?.invariant === failure.invariant;
    const choices = shrinkChoices([...chooser.made], same);
    const { run, says } = attempt(replayChooser(choices)) ?? failure;
    throw new InvariantError(failure.invariant.name, says, choices, count, run);
  };

  if (replay !== undefined) {
    check(replayChooser(readChoices(replay)), 1);
    return { runs: 1, distinct: 1 };
  }
  check(replayChooser([]), 1);
  for (let count = 2; count <= runs; count++) check(randomChooser(random, count % 2 === 0), count);
  return { runs, distinct: seen.size };
}

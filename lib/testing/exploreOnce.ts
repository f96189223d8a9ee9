import type { Observable, Subscription } from 'rxjs';
import type { Chooser } from './choices.ts';
import { OUT, type ExploredRun } from './exploredRun.ts';
import { createWorld, type World } from './exploredWorld.ts';
import { SteppedScheduler } from './steppedScheduler.ts';

/** Runs a pipeline once, in the order that `chooser` chooses: what is possible, then the next timer, then to cancel. */
export function exploreOnce(
  pipeline: (world: World) => Observable<unknown>,
  chooser: Chooser,
  maxSteps: number,
): ExploredRun {
  const world = createWorld(chooser);
  const time = new SteppedScheduler(() => undefined);
  let ended: ExploredRun['ended'] | undefined;
  let run: ExploredRun | undefined;

  time.run(() => {
    let running: Subscription | undefined;
    try {
      running = pipeline(world).subscribe({
        next: (value) => world.note(OUT, 'next', value),
        error: (error: unknown) => {
          world.note(OUT, 'error', error);
          ended = 'error';
        },
        complete: () => {
          world.note(OUT, 'complete');
          ended = 'complete';
        },
      });
      for (let steps = 0; ended === undefined; steps++) {
        const ways = world.waiting + (time.hasWork ? 1 : 0);
        if (ways === 0) ended = 'open';
        else if (steps === maxSteps) ended = 'endless';
        else {
          const pick = chooser.choose(ways + 1, true);
          world.nextStep();
          if (pick < world.waiting) world.take(pick);
          else if (pick < ways) time.step();
          else {
            world.note(OUT, 'unsubscribe');
            ended = 'cancelled';
            running.unsubscribe();
          }
        }
      }
      run = { story: [...world.story], ended, left: [...world.open], timersLeft: time.hasWork };
    } finally {
      running?.unsubscribe();
      time.clear();
    }
  });
  return run!;
}

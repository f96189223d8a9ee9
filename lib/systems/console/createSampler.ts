import { defer, finalize, map, of, repeat, share, timer, type Observable } from 'rxjs';
import type { InspectedNode, InspectionGraph } from '../../contracts/inspection.ts';
import { ratesBetween } from '../../core/inspection/ratesBetween.ts';
import type { ProcessWatch } from './watchProcess.ts';
import { sampleOf, type Sample } from './sample.ts';

/** What is sampled, and how often. */
export interface SamplerOptions {
  readonly snapshot: () => InspectionGraph;
  readonly watchProcess: () => ProcessWatch;
  /** From the end of a sample to the next one, at least. Default: 200. */
  readonly tickMs?: number | undefined;
  /** Tells how long a sample takes, in ms. Default: `performance.now`. */
  readonly stopwatch?: (() => number) | undefined;
}

/** The figures of the process are read this often, and rates are taken over as long. */
const BEAT_MS = 1_000;
/** For each ms of work it rests so many. */
const REST = 9;

interface Counted {
  readonly time: number;
  readonly nodes: readonly Pick<InspectedNode, 'id' | 'counts'>[];
}

/**
 * Samples of the program, the same for everybody who looks, for as long as somebody does. One takes as long as all clients need to
 * deal with it; then it rests for nine times as long, and for `tickMs` at least: it never takes more than a tenth of the time.
 */
export function createSampler(options: SamplerOptions): Observable<Sample> {
  const { snapshot, watchProcess, tickMs = 200, stopwatch = () => performance.now() } = options;

  return defer(() => {
    const watch = watchProcess();
    const past: Counted[] = [];
    let figures = watch.read();
    let readAt = -Infinity;
    let beganAt = 0;

    const take = (): Sample => {
      beganAt = stopwatch();
      const graph = snapshot();
      if (Math.abs(graph.time - readAt) >= BEAT_MS) {
        figures = watch.read();
        readAt = graph.time;
      }
      while (past.length > 1 && graph.time - past[1]!.time >= BEAT_MS) past.shift();
      const rates = past.length > 0 ? ratesBetween(past[0]!, graph) : new Map<number, never>();
      past.push({ time: graph.time, nodes: graph.nodes.map(({ id, counts }) => ({ id, counts })) });
      return sampleOf(graph, rates, figures);
    };
    const rest$ = (): Observable<unknown> => timer(Math.max(tickMs, (stopwatch() - beganAt) * REST));

    return of(undefined).pipe(
      map(take),
      repeat({ delay: rest$ }),
      finalize(() => watch.stop()),
    );
  }).pipe(share());
}

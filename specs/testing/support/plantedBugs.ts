import { concat, finalize, map, merge, mergeMap, Observable, of, Subscription } from 'rxjs';
import type { World } from '../../../lib/testing/exploredWorld.ts';
import {
  atMost,
  endsOnce,
  inOrder,
  noLeak,
  noLoss,
  valuesOf,
  type Invariant,
} from '../../../lib/testing/invariants.ts';

/** A pipeline with a mistake that people make, and what it breaks. */
export interface PlantedBug {
  readonly name: string;
  readonly pipeline: (world: World) => Observable<unknown>;
  readonly invariants: readonly Invariant[];
  readonly breaks: string;
}

const nothingOfInputsIsLost = noLoss((story) => valuesOf(story, 'in'));
const byNumber = (a: number, b: number) => a - b;

interface Mistakes {
  /** Counts a call as done when it completes, and again when it is torn down. */
  readonly countsTwice?: boolean;
  /** Looks at the waiting line only while the source is alive. */
  readonly forgetsToWake?: boolean;
  /** Leaves its calls, each of which lets the next one of the line in. */
  readonly skipsTheLine?: boolean;
}

/** A map with two calls at a time and a waiting line, as it is often written. */
function mapTwoAtATime<A, B>(call: (value: A) => Observable<B>, mistakes: Mistakes) {
  return (source$: Observable<A>) =>
    new Observable<B>((subscriber) => {
      const line: A[] = [];
      const running = new Set<Subscription>();
      let active = 0;
      let ended = false;
      let closed = false;

      const done = () => {
        active--;
        if (closed && !mistakes.skipsTheLine) return;
        const mayStart = !(mistakes.forgetsToWake && ended);
        if (line.length > 0 && mayStart) start(line.shift()!);
        else if (ended && active === 0 && line.length === 0) subscriber.complete();
      };
      const start = (value: A) => {
        active++;
        const inner = call(value)
          .pipe(finalize(() => (mistakes.countsTwice ? active-- : undefined)))
          .subscribe({
            next: (result) => subscriber.next(result),
            error: (error: unknown) => subscriber.error(error),
            complete: done,
          });
        if (mistakes.skipsTheLine) inner.add(() => closed && done());
        running.add(inner);
      };
      const input = source$.subscribe({
        next: (value) => (active < 2 ? start(value) : void line.push(value)),
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          ended = true;
          if (active === 0 && line.length === 0) subscriber.complete();
        },
      });
      return () => {
        closed = true;
        input.unsubscribe();
        for (const inner of [...running]) inner.unsubscribe();
      };
    });
}

/** A merge of two ordered sources, as it is often written. */
function mergeTwo(
  sources: readonly Observable<number>[],
  mistake: 'forgetsTies' | 'racesForAll' | undefined,
): Observable<number> {
  return new Observable((subscriber) => {
    const heads: number[][] = sources.map(() => []);
    const over = sources.map(() => false);
    const ready = () =>
      mistake === 'racesForAll'
        ? heads.some((line) => line.length > 0)
        : heads.every((line, i) => line.length > 0 || over[i]);
    const drain = () => {
      while (ready() && heads.some((line) => line.length > 0)) {
        const smallest = Math.min(...heads.flatMap((line) => line.slice(0, 1)));
        const first = heads.find((line) => line[0] === smallest)!;
        if (mistake === 'forgetsTies')
          for (const line of heads) if (line[0] === smallest && line !== first) line.shift();
        first.shift();
        subscriber.next(smallest);
      }
      if (over.every(Boolean) && heads.every((line) => line.length === 0)) subscriber.complete();
    };
    const running = new Subscription();
    sources.forEach((source$, i) =>
      running.add(
        source$.subscribe({
          next: (value) => {
            heads[i]!.push(value);
            drain();
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            over[i] = true;
            drain();
          },
        }),
      ),
    );
    return running;
  });
}

/** Pages of two; a token says where it goes on, and, if it is made well, of which query. */
function pagesOf(query: string, token: { readonly from: number; readonly query?: string } | undefined) {
  if (token?.query !== undefined && token.query !== query) return { refused: true, items: [], next: undefined };
  const from = token?.from ?? 0;
  return { refused: false, items: [`${query}${from}`, `${query}${from + 1}`], next: { from: from + 2 } };
}

const limited =
  (mistakes: Mistakes) =>
  ({ source, call }: World) =>
    source('in', [1, 2, 3, 4]).pipe(mapTwoAtATime((n) => call(`call ${n}`, n), mistakes));
const merged =
  (mistake?: 'forgetsTies' | 'racesForAll') =>
  ({ source }: World) =>
    mergeTwo([source('in a', [1, 3, 5]), source('in b', [2, 3, 6])], mistake);

const aPageIsOfOneWalk: Invariant = {
  name: 'a token is good for its query alone',
  broken: ({ story }) => {
    const queries = new Set(valuesOf(story, 'out').map((item) => String(item).slice(0, 1)));
    return queries.size > 1 ? `a walk has items of ${[...queries].join(' and ')}` : undefined;
  },
};
const acknowledgedWhenDone: Invariant = {
  name: 'acknowledged when it is done',
  broken: ({ story }) => {
    const early = story.find(
      ({ lane, kind, value }, at) =>
        lane === 'out' &&
        kind === 'next' &&
        !story.slice(0, at).some((e) => e.lane === `call ${String(value)}` && e.kind === 'next'),
    );
    return early === undefined ? undefined : `${String(early.value)} is acknowledged before its call is done`;
  },
};

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'a merge that forgets a tie',
    pipeline: merged('forgetsTies'),
    invariants: [nothingOfInputsIsLost],
    breaks: 'no loss',
  },
  {
    name: 'race for all in a merge',
    pipeline: merged('racesForAll'),
    invariants: [inOrder(byNumber)],
    breaks: 'order',
  },
  {
    name: 'a lane that counts twice',
    pipeline: limited({ countsTwice: true }),
    invariants: [atMost(2, 'call')],
    breaks: 'bound',
  },
  { name: 'a lost wake-up', pipeline: limited({ forgetsToWake: true }), invariants: [endsOnce], breaks: 'one end' },
  {
    name: 'an unsubscribe that skips the waiting line',
    pipeline: limited({ skipsTheLine: true }),
    invariants: [noLeak],
    breaks: 'no leak',
  },
  {
    name: 'ack before await',
    pipeline: ({ source, call }) =>
      source('in', [1, 2, 3]).pipe(
        mergeMap((n) => merge(of(n), call(`call ${n}`, undefined).pipe(mergeMap(() => [])))),
      ),
    invariants: [acknowledgedWhenDone],
    breaks: acknowledgedWhenDone.name,
  },
  {
    name: 'a token without query digest',
    pipeline: ({ call, choose }) => {
      const first = pagesOf('a', undefined);
      const rest$ = call('page 2', undefined).pipe(
        map(() => pagesOf(choose(2) === 0 ? 'a' : 'b', first.next)),
        mergeMap(({ items }) => items),
      );
      return concat(of(...first.items), rest$);
    },
    invariants: [aPageIsOfOneWalk],
    breaks: aPageIsOfOneWalk.name,
  },
];

/** The same pipelines without a mistake, and all that holds for them. */
export const soundPipelines: readonly Omit<PlantedBug, 'breaks'>[] = [
  { name: 'a merge', pipeline: merged(), invariants: [nothingOfInputsIsLost, inOrder(byNumber), endsOnce, noLeak] },
  { name: 'a lane', pipeline: limited({}), invariants: [nothingOfInputsIsLost, atMost(2, 'call'), endsOnce, noLeak] },
];

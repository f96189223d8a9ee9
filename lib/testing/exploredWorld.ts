import { Observable } from 'rxjs';
import type { Chooser } from './choices.ts';
import type { StoryEvent } from './exploredRun.ts';

/** How a source goes on after its last value. */
export type SourceEnd = { readonly completes: true } | { readonly fails: unknown } | { readonly completes: false };

/** What a pipeline that is explored is made on. */
export interface World {
  /** A cold source, each of whose values comes when it is its turn; then it completes, unless `end` says otherwise. */
  source<T>(name: string, values: readonly T[], end?: SourceEnd): Observable<T>;
  /** A call that emits its result, and completes, when it is its turn. */
  call<T>(name: string, result: T): Observable<T>;
  /** One of so many ways, from 0: what a client asks for, whether a store has failed. */
  choose(count: number): number;
}

/** The world of one run: what may happen next, and what happened. */
export interface ExploredWorld extends World {
  readonly story: StoryEvent[];
  /** How many sources and calls may go on now. */
  readonly waiting: number;
  /** Lets one go on: 0 is the one that waits for the longest time. */
  take(index: number): void;
  /** Those that are subscribed to. */
  readonly open: ReadonlySet<string>;
  note(lane: string, kind: StoryEvent['kind'], value?: unknown): void;
  nextStep(): void;
}

/** Makes a world in which nothing has happened. */
export function createWorld(chooser: Chooser): ExploredWorld {
  const story: StoryEvent[] = [];
  const turns: (() => void)[] = [];
  const subscribed = new Map<string, number>();
  let step = 0;

  const note = (lane: string, kind: StoryEvent['kind'], value?: unknown) =>
    void story.push({ step, lane, kind, value });
  const count = (name: string, by: number) => void subscribed.set(name, (subscribed.get(name) ?? 0) + by);

  function scripted<T>(name: string, script: readonly Note[], together: boolean): Observable<T> {
    return new Observable<T>((subscriber) => {
      const left = [...script];
      let isOver = false;
      note(name, 'subscribe');
      count(name, 1);
      const turn = () => {
        do {
          const { kind, value } = left.shift()!;
          isOver = kind !== 'next';
          note(name, kind, value);
          if (kind === 'next') subscriber.next(value as T);
          else if (kind === 'error') subscriber.error(value);
          else subscriber.complete();
        } while (together && left.length > 0 && !subscriber.closed);
        if (left.length > 0 && !subscriber.closed) turns.push(turn);
      };
      if (left.length > 0) turns.push(turn);
      return () => {
        count(name, -1);
        if (turns.includes(turn)) turns.splice(turns.indexOf(turn), 1);
        if (!isOver) note(name, 'unsubscribe');
      };
    });
  }

  return {
    story,
    get waiting() {
      return turns.length;
    },
    take: (index) => turns.splice(index, 1)[0]?.(),
    get open() {
      return new Set([...subscribed].filter(([, count]) => count > 0).map(([name]) => name));
    },
    note,
    nextStep() {
      step++;
    },
    choose: (ways) => chooser.choose(ways),
    source: (name, values, end = { completes: true }) => scripted(name, [...values.map(nextOf), ...endOf(end)], false),
    call: (name, result) => scripted(name, [nextOf(result), { kind: 'complete' }], true),
  };
}

interface Note {
  readonly kind: 'next' | 'error' | 'complete';
  readonly value?: unknown;
}

function nextOf(value: unknown): Note {
  return { kind: 'next', value };
}

function endOf(end: SourceEnd): readonly Note[] {
  if ('fails' in end) return [{ kind: 'error', value: end.fails }];
  return end.completes ? [{ kind: 'complete' }] : [];
}

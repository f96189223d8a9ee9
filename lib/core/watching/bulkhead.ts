import { Fifo } from '../../../operators/internal/fifo.ts';

/** One of many things to do. */
export interface Task {
  /** What it has in common with others, of which only so many are done at a time. */
  readonly bulkhead: string;
  /** It may take long: those of which nobody thinks so go first, and have half of all places while more may come. */
  isSuspect: boolean;
}

/** The line of a task: of those that are not suspect, or of those that are. */
export type Line = 0 | 1;

/** What has a name in common: how much of it runs, and what waits, by line. */
export interface Bulkhead {
  readonly name: string;
  running: number;
  readonly waiting: readonly [Fifo<Task>, Fifo<Task>];
  readonly isReady: [boolean, boolean];
}

export function lineOf({ isSuspect }: Task): Line {
  return isSuspect ? 1 : 0;
}

export function newBulkhead(name: string): Bulkhead {
  return { name, running: 0, waiting: [new Fifo(), new Fifo()], isReady: [false, false] };
}

import { inspector } from './inspector.ts';
import type { Wait } from './part.ts';

type Look = () => Wait | undefined;

/** By what waits: a running attempt, say. */
const waits = new WeakMap<object, Set<Look>>();
let current: object | undefined;
const NOTHING = () => undefined;

/** Says for whom everything runs from now on. For whom it ran before: that is to be said again, whatever happens. */
export function switchWork(work: object | undefined): object | undefined {
  const before = current;
  current = work;
  return before;
}

/** Whether something runs for anybody. */
export function isAtWork(): boolean {
  return current !== undefined;
}

/** Runs something for `work`: what it subscribes to meanwhile, and that says so, is what `work` waits for. */
export function runFor<R>(work: object | undefined, run: () => R): R {
  const before = switchWork(work);
  try {
    return run();
  } finally {
    switchWork(before);
  }
}

/** What is to be run later, for whoever runs now. */
export function carried<R>(run: () => R): () => R {
  const work = current;
  return work === undefined ? run : () => runFor(work, run);
}

/** Says what whoever runs waits for, until what is returned is called, which calls `release`. */
export function heldUp(look: Look, release: () => void = NOTHING): () => void {
  if (current === undefined || inspector.current === undefined) return release;
  const own = waits.get(current) ?? new Set();
  waits.set(current, own.add(look));
  return () => {
    own.delete(look);
    release();
  };
}

/** What a piece of work waits for first, as far as that is known. */
export function waitOf(work: object): Wait | undefined {
  for (const look of waits.get(work) ?? []) {
    const wait = look();
    if (wait) return wait;
  }
  return undefined;
}

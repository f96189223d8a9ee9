import { runCarried, type Carried } from './carrier.ts';
import type { Supply } from './supply.ts';
import type { Tournament } from './tournament.ts';

/** Most values moved out of a tournament before they are emitted. */
const BATCH = 64;

/** Emits what is in order, before an error tells what is not. The lane that has no value left, or -1. */
export function emitInOrder<T>(tournament: Tournament<T, T>, next: (value: T) => void): number {
  const values: T[] = [];
  try {
    return tournament.drain(values, BATCH);
  } finally {
    for (const value of values) next(value);
  }
}

/** As above, one value, where it comes from; where it was pulled that is `elsewhere`. */
export function emitCarried<T>(
  tournament: Tournament<T, T>,
  next: (value: T) => void,
  supplies: readonly Supply<T>[],
  elsewhere: Carried,
): number {
  const values: T[] = [];
  const tell = () => {
    for (const value of values) next(value);
  };
  try {
    return tournament.drain(values, 1);
  } finally {
    const origins = values.length > 0 ? supplies[tournament.latest()]?.origins : undefined;
    if (origins) origins.take(tell);
    else runCarried(elsewhere, tell);
  }
}

import type { Part } from './part.ts';

/** How a thing is seen; undefined once it has ended. */
export type PartOf<T> = (thing: T) => Part | undefined;

/** Who is told of what there is. */
export interface Inspector {
  /** Takes a thing in, without keeping it alive. What is returned takes it out again. */
  enroll<T extends object>(thing: T, part: PartOf<T>): () => void;
}

/** The inspection that runs, if one does. Things look here once, when they are made. */
export const inspector: { current: Inspector | undefined } = { current: undefined };

/** Makes a thing known to the inspection that runs. What is returned keeps the thing, and takes it out. */
export function enroll<T extends object>(thing: T, part: PartOf<T>): (() => void) | undefined {
  return inspector.current?.enroll(thing, part);
}

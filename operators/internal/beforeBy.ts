import { ComparatorError } from '../errors.ts';

/**
 * Whether one value goes strictly before another by a comparator of the user: one question where a comparison has three
 * answers. Throws ComparatorError when the comparator throws, or returns something else than a number.
 */
export function beforeBy<T>(compare: (a: T, b: T) => number): (a: T, b: T) => boolean {
  return (a, b) => {
    let side: number;
    try {
      side = compare(a, b);
    } catch (cause) {
      throw new ComparatorError('threw', { cause });
    }
    if (side < 0) return true;
    if (side >= 0) return false;
    throw new ComparatorError(`returned ${String(side)}`);
  };
}

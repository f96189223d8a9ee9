import { createMarbles } from '../marbles.ts';
import { assertEqual } from './assertEqual.ts';

/**
 * A marble test for vitest, whose failure is shown as marbles: see createMarbles.
 *
 * @example
 * it('passes letters on', marbles(({ cold, expectObservable }) => {
 *   expectObservable(cold('-a-b-|')).toBe('-a-b-|');
 * }));
 */
export const marbles: ReturnType<typeof createMarbles> = createMarbles(assertEqual);

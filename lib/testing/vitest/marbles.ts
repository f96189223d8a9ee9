import { createMarbles } from '../marbles.ts';
import { assertEqual } from './assertEqual.ts';

/**
 * A marble test for vitest, whose failure is shown as marbles: see createMarbles.
 *
 * @example
 * it('doubles', marbles(({ cold, expectObservable }) => { … }));
 */
export const marbles: ReturnType<typeof createMarbles> = createMarbles(assertEqual);

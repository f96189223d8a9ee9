import { createFanTest } from '../createFanTest.ts';
import { assertEqual } from './assertEqual.ts';

/**
 * A test for vitest under virtual time, promises and the timers of the host included: see createFanTest.
 *
 * @example
 * it('is there after 3 ms', fanTest(async ({ expectObservable, sleep }) => {
 *   expectObservable(defer(() => sleep(3).then(() => 'a'))).toBe('---(a|)');
 * }));
 */
export const fanTest: ReturnType<typeof createFanTest> = createFanTest(assertEqual);

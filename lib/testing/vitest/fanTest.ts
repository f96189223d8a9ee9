import { createFanTest } from '../createFanTest.ts';
import { assertEqual } from './assertEqual.ts';

/**
 * A test for vitest under virtual time, promises and the timers of the host included: see createFanTest.
 *
 * @example
 * it('asks again after a second', fanTest(async ({ expectObservable, sleep }) => { … }));
 */
export const fanTest: ReturnType<typeof createFanTest> = createFanTest(assertEqual);

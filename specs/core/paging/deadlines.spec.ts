import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadlines } from '../../../lib/core/paging/deadlines.ts';

describe('deadlines', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are watched by one timer, also when whoever is late starts anew', () => {
    const deadlines = new Deadlines(10);
    const late: string[] = [];
    const start = (name: string, again: boolean) => {
      deadlines.startNew(() => {
        late.push(`${name} at ${Date.now() - begun}`);
        if (again) start(`${name}'`, true);
      });
    };
    const begun = Date.now();
    start('a', true);
    vi.advanceTimersByTime(3);
    start('b', true);

    for (let i = 0; i < 30; i++) {
      vi.advanceTimersByTime(1);
      expect(vi.getTimerCount()).toBe(1);
    }
    expect(late).toEqual(['a at 10', 'b at 13', "a' at 20", "b' at 23", "a'' at 30", "b'' at 33"]);
    deadlines.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leave no timer when they are stopped by whoever is late', () => {
    const deadlines = new Deadlines(10);
    deadlines.startNew(() => deadlines.stop());
    vi.advanceTimersByTime(5);
    deadlines.startNew(() => expect.fail('it was forgotten'));

    vi.advanceTimersByTime(5);

    expect(vi.getTimerCount()).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';

describe('docs/examples', () => {
  it('aggregatePlugins: the page says which plugin is missing', async () => {
    const { first, names } = await import('../../docs/examples/aggregatePlugins.ts');

    expect(first.unreachable).toEqual([
      { source: 'carvel', code: 'source_failed', reason: expect.stringContaining('connection refused') as string },
    ]);
    expect(names.flat()).toEqual([...names.flat()].sort());
    expect(names.flat()).toHaveLength(9);
  });

  it('boundedFanOut: every order is saved or dropped', async () => {
    const { saved, dropped } = await import('../../docs/examples/boundedFanOut.ts');

    expect(saved).toEqual([1, 2, 6, 7, 8]);
    expect(dropped).toEqual([3, 4, 5]);
  });

  it('whoHoldsItUp: the slow subscriber is named, and drawn', async () => {
    const { blame, picture } = await import('../../docs/examples/whoHoldsItUp.ts');
    expect(blame).toMatch(
      /^topic 'orders' is blocked by subscriber 'orders\/metrics' \(2 of 2 waiting\), whose running attempt is \d+ ms old$/,
    );
    expect(picture).toContain('|"is blocked by"|');
  });

  it('topicsUnderContract: neither the slow nor the failing subscriber is felt by the third', async () => {
    const { billed, failures, shown, subscribers } = await import('../../docs/examples/topicsUnderContract.ts');

    expect(shown).toEqual([1, 6]);
    expect(failures).toEqual(['billing: 3, attempt 2']);
    expect(billed.filter((id) => id % 2 === 0)).toEqual([2, 4, 6]);
    expect(billed.filter((id) => id % 2 === 1)).toEqual([1, 5]);
    expect(subscribers.get('audit')).toMatchObject({ offered: 6, succeeded: 6 });
    expect(subscribers.get('billing')).toMatchObject({ offered: 6, succeeded: 5, failed: 1, retried: 1 });
    expect(subscribers.get('display')).toMatchObject({ offered: 6, succeeded: 2, dropped: 4 });
  });

  it('slowRoutes: R1, R3 beside a slow route, the fast one finishes every event in a lane of its own alone', async () => {
    const { table } = await import('../../docs/examples/slowRoutes.ts');
    const fast = Object.entries(table).map(([design, row]) => [design, row.fast]);

    expect(Object.fromEntries(fast)).toEqual({
      '1: wait for all': 10,
      '2: wait for none': 10_000,
      '3: slots of the receiver': 100,
      '3: slots of each route': 101,
      '4: channel and workers': 100,
      'rxfan: a lane per route': 10_000,
    });
    expect(table['2: wait for none'].mostRunning).toBeGreaterThan(1_000); // and what the slow one needs, without a bound
    const { slow, ...lanes } = table['rxfan: a lane per route'];
    expect(lanes).toEqual({ takenIn: 10_000, fast: 10_000, dropped: 9_800, mostRunning: 12, nextMs: 0 });
    expect(slow).toBeGreaterThanOrEqual(90); // ten at a time, a second each
  });

  it('portfolio: one reads what one has written, and what was deleted is not found', async () => {
    const { created, revalued, deleted, refused } = await import('../../docs/examples/portfolio.ts');

    expect(created).toEqual({ title: 'Pension', value: 0 });
    expect(revalued).toEqual({ title: 'Pension', value: 12.5 });
    expect(deleted).toBe(undefined);
    expect(refused).toMatchObject({ state: 'failed', error: { code: 'not_found' } });
  });

  it('walkOnDemand: the loop is left in the middle', async () => {
    const { seen } = await import('../../docs/examples/walkOnDemand.ts');

    expect(seen).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  it('workEngine: every job has one end, and a subscriber that is down hurts nobody', async () => {
    const { states, failures, jobs } = await import('../../docs/examples/workEngine.ts');

    expect(jobs).toMatchObject({ started: 4, succeeded: 3, timedOut: 1, queued: 0, running: 0 });
    expect(states.filter((words) => words.startsWith('one'))).toEqual(['one queued', 'one running', 'one succeeded']);
    expect(states.filter((words) => words.startsWith('stuck')).at(-1)).toBe('stuck timedOut');
    expect(failures.filter((words) => words.includes('the audit is down'))).toHaveLength(21);
  });
});

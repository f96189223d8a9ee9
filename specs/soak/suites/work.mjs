import { setImmediate } from 'node:timers/promises';
import { heapInUse } from '../../bench/support/measure.mjs';
import { figure } from '../support/figure.mjs';

export const checks = ['perJob', 'perTopic'].map((channels) => ({
  name: `W14 jobs after jobs, ${channels}`,
  quickly: 0.02,
  run: jobsAfterJobs(channels),
}));

/** Half a million jobs each: of what has ended no more is kept than may be. */
function jobsAfterJobs(channels) {
  return async ({ rxfan, share }) => {
    const { createWorkEngine } = await rxfan();
    const { memoryJobStore } = await rxfan('lib/adapters/memory');
    const count = 500_000 * share;
    const store = memoryJobStore();
    let tokens = 0;
    let handled = 0;
    let kept = 0;
    const engine = createWorkEngine({
      topics: ['t'],
      newToken: () => `t${++tokens}`,
      channels,
      store,
      maxRunning: 64,
      maxRetained: 100,
    });
    engine.attach('t', { id: 'log', handle: () => void handled++ });
    engine.attach('t', { id: 'aside', bufferSize: 1, overflow: 'dropOldest', handle: () => undefined });

    const some = async (jobs) => {
      for (let started = 0; started < jobs; started++) {
        engine.start({ topic: 't', timeoutMs: 60_000, run: () => [1] });
        if (started % 500 === 499) while (engine.ledger().jobs.succeeded < tokens) await setImmediate();
      }
    };
    await some(count / 10);
    const before = await heapInUse();
    await some((count / 10) * 9);
    const grown = (await heapInUse()) - before;
    store.list().subscribe(() => kept++);
    const { jobs, subscribers } = await engine.stop();

    return [
      figure('jobs that succeeded', jobs.succeeded, { exactly: count }),
      figure('messages handled', handled, { exactly: 4 * count }),
      figure('offered to the other one', subscribers[1].stats.offered, { exactly: 4 * count }),
      figure('records kept', kept, { exactly: 100 }),
      figure('bytes more per job', (grown * 1_000_000) / (count * 0.9), { atMost: share < 1 ? 100 : 2 }),
    ];
  };
}

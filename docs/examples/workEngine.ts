// Jobs under a limit: two run at a time, each tells how it goes, and a subscriber that fails or is slow hurts nobody. At
// the end the engine is stopped, as on SIGTERM, and gives its account.
import { randomUUID } from 'node:crypto';
import { concatMap, from, map, throwError, timer } from 'rxjs';
import { createWorkEngine } from 'rxfan';

interface Progress {
  readonly percent: number;
}

const engine = createWorkEngine<Progress>({
  topics: ['provision', 'bind'],
  newToken: randomUUID,
  maxRunning: 2, // the others wait for their turn
  maxQueued: 10, // and beyond that `start` throws QueueFullError
});

export const states: string[] = [];
export const failures: string[] = [];
engine.attach('provision', {
  id: 'state',
  overflow: 'block', // a job waits rather than that a state is lost
  handle: (message) => {
    if (message.kind === 'state') states.push(`${message.token} ${message.operation.state}`);
  },
});
engine.attach('provision', { id: 'metrics', overflow: 'dropOldest', bufferSize: 10, handle: () => timer(3) });
engine.attach('provision', { id: 'audit', handle: () => throwError(() => new Error('the audit is down')) });
engine.errors$.subscribe((failure) => failures.push(failure.message));

const steps = () => from([25, 50, 100]).pipe(concatMap((percent) => timer(5).pipe(map(() => ({ percent })))));
for (const token of ['one', 'two', 'three']) engine.start({ topic: 'provision', token, run: steps });
engine.start({ topic: 'provision', token: 'stuck', timeoutMs: 20, run: () => new Promise<Progress>(() => undefined) });

// In a service: process.once('SIGTERM', () => void engine.stop({ deadlineMs: 10_000 }).then(report));
await new Promise((resolve) => engine.operation$('stuck').subscribe({ complete: () => resolve(undefined) }));
export const { jobs } = await engine.stop({ deadlineMs: 1_000 });
console.log(jobs); // started: 4, succeeded: 3, timedOut: 1

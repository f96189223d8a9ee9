import { ageText, theirs } from '../../../operators/internal/figureText.ts';
import type { Part, Wait } from '../../../operators/internal/part.ts';
import type { Engine } from './engine.ts';
import { isHeldUp, jobPart } from './jobPart.ts';
import type { LiveJob } from './liveJob.ts';

/** A work engine as an inspection sees it: what is queued waits until one of the jobs that run has ended. */
export function enginePart<M>(engine: Engine<M>): Part | undefined {
  if (engine.isStopped && engine.live.size === 0) return undefined;
  const { topics, maxRunning: concurrency, maxQueued: capacity } = engine.settings;
  return {
    kind: 'engine',
    name: topics.join(', '),
    of: engine,
    look(now) {
      const { queued: waiting, running, ...counts } = engine.tally.jobs;
      const jobs = [...engine.live.values()];
      return {
        figures: { waiting, capacity, running, concurrency },
        counts: { ...counts, ...engine.tally.messages },
        needs: 'any',
        waits: waiting === 0 ? [] : waitsOf(engine, jobs, now),
        parts: jobs.map((job) => jobPart(job, engine)),
      };
    },
  };
}

function waitsOf<M>(engine: Engine<M>, jobs: readonly LiveJob<M>[], now: number): readonly Wait[] {
  const running = jobs.filter(({ hasSlot }) => hasSlot);
  if (running.length < engine.settings.maxRunning) {
    const next = jobs.find(({ operation }) => operation.state === 'queued');
    return next && !next.isKept ? [{ how: 'waits until its store has the next job' }] : [];
  }
  if (running.every((job) => isHeldUp(job))) return running.map((on) => ({ how: 'waits for', on }));
  const since = running.map(({ operation }) => operation.startTime ?? now).reduce((first, one) => Math.min(first, one));
  const are = running.length === 1 ? 'is' : 'are up to';
  return [{ subject: theirs(running.length, 'running job'), how: `${are} ${ageText(now - since)} old` }];
}

import { ageText } from '../../../operators/internal/figureText.ts';
import { waitOf } from '../../../operators/internal/heldUp.ts';
import type { Part, Wait } from '../../../operators/internal/part.ts';
import { subscriberPart } from '../topics/subscriberPart.ts';
import type { LiveJob } from './liveJob.ts';

/** A job as an inspection sees it: it waits for a place in its engine, and then for lanes that have no room. */
export function jobPart<M>(job: LiveJob<M>, engine: object): Part {
  const { topic, token } = job.terms;
  const name = `${topic}/${token}`;
  return {
    kind: 'job',
    name,
    of: job,
    look(now) {
      const { startTime, createTime } = job.operation;
      return {
        figures: { ageMs: now - createTime, runningAgeMs: startTime === undefined ? undefined : now - startTime },
        counts: { messages: job.messages },
        waits: waitsOf(job, engine, now),
        parts: job.channel.lanes().map((lane) => subscriberPart(lane, 'lane', name)),
      };
    },
  };
}

/** Whether the lanes hold it up: by itself it may end at any time. */
export function isHeldUp<M>({ run }: LiveJob<M>): boolean {
  return run !== undefined && waitOf(run) !== undefined;
}

function waitsOf<M>(job: LiveJob<M>, engine: object, now: number): readonly Wait[] {
  const { operation, channel, isKept } = job;
  if (!isKept) return [{ how: 'waits until its store has it' }];
  if (operation.state === 'queued') return [{ how: 'waits for a place in', on: engine }];
  if (isHeldUp(job)) return channel.blocking().map((on) => ({ how: 'is blocked by', on }));
  return [{ how: `has run for ${ageText(now - (operation.startTime ?? now))}` }];
}

import { createEventRing } from '../../adapters/http/createEventRing.ts';
import type { ServerSentEvent } from '../../adapters/http/sseFrame.ts';

/** What happened to one job, kept for those who follow it. */
export interface JobEvents {
  push(event: 'state' | 'message', data: string): void;
  /** There will be no more. */
  close(): void;
  /**
   * All events from the beginning, or those after the one whose id is given, and then what follows, to the end. Where
   * some are not kept any more, the first is a `reset`. Undefined where the job has ended and the client has it all.
   */
  follow(lastEventId?: string): AsyncIterable<ServerSentEvent> | undefined;
}

/** Keeps the latest `size` events of a job. Ids begin above `sinceMs`, so that those of an earlier process are below. */
export function createJobEvents(size: number, sinceMs: number): JobEvents {
  const firstId = Math.max(1, Math.trunc(sinceMs)) * 1_000;
  const ring = createEventRing({ size, firstId });
  let lastId = firstId - 1;
  let isClosed = false;

  return {
    push: (event, data) => {
      ring.push({ event, data });
      lastId++;
    },
    close: () => {
      isClosed = true;
      ring.close();
    },
    follow: (lastEventId = '') => {
      if (isClosed && lastEventId === String(lastId)) return undefined;
      return ring.after(lastEventId === '' ? String(firstId - 1) : lastEventId);
    },
  };
}

import { createEventRing, type EventRing } from '../../adapters/http/createEventRing.ts';
import type { ServerSentEvent } from '../../adapters/http/sseFrame.ts';

/** How much {@link createRings} keeps. */
export interface RingsOptions {
  /** Most events of each ring. */
  readonly size: number;
  /** Most rings; the one that had no event for longest goes, and its readers come again. */
  readonly maxRings: number;
}

/** The latest events, by tenant and topic: nobody's events push out those of another, or tell how many there are. */
export interface Rings {
  push(tenant: string, topic: string, event: Omit<ServerSentEvent, 'id'>): void;
  /** Tells all readers, now and later, that events of this topic may have been missed: a `reset` comes next. */
  interrupt(topic: string): void;
  /** See {@link EventRing.after}. */
  after(tenant: string, topic: string, lastEventId: string | undefined): AsyncIterable<ServerSentEvent>;
}

export function createRings({ size, maxRings }: RingsOptions): Rings {
  const rings = new Map<string, EventRing>();

  const ringOf = (tenant: string, topic: string): EventRing => {
    const name = nameOf(tenant, topic);
    const ring = rings.get(name) ?? newRing(size);
    rings.delete(name);
    rings.set(name, ring);
    if (rings.size > maxRings) {
      const [oldest, gone] = rings.entries().next().value!;
      rings.delete(oldest);
      gone.close();
    }
    return ring;
  };

  return {
    push: (tenant, topic, event) => ringOf(tenant, topic).push(event),
    interrupt: (topic) => {
      for (const [name, ring] of rings) if (topicOf(name) === topic) ring.push(INTERRUPTED);
    },
    after: (tenant, topic, lastEventId) => ringOf(tenant, topic).after(lastEventId),
  };
}

const INTERRUPTED = { event: 'reset', data: JSON.stringify({ reason: 'interrupted' }) };

function nameOf(tenant: string, topic: string): string {
  return JSON.stringify([tenant, topic]);
}

function topicOf(name: string): string {
  return (JSON.parse(name) as [string, string])[1];
}

/** Its ids are above those of an earlier ring of the same name, so that a client of that one is told of the gap. */
function newRing(size: number): EventRing {
  return createEventRing({ size, firstId: Date.now() * 1_000 });
}

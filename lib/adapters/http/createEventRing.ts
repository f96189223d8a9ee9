import { defer, EMPTY, mergeMap, of, Subject, take, type Observable } from 'rxjs';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { pull } from '../../boundary/pull.ts';
import { sseFrame, type ServerSentEvent } from './sseFrame.ts';

/** How much {@link createEventRing} keeps. */
export interface EventRingOptions {
  /** Most events to keep; the oldest goes first. Default: 1 000. */
  readonly size?: number | undefined;
  /**
   * The id of the first event. Ids of a ring that is no more look like ids of this one, unless this one begins above
   * them: with the time, for instance. Default: 1.
   */
  readonly firstId?: number | undefined;
}

/** The latest events, kept for clients that were away. Each reader goes at its own pace, and holds nothing of its own. */
export interface EventRing {
  /** Gives an event the next id, keeps it, and lets all readers have it. Throws SseFieldError. */
  push(event: Omit<ServerSentEvent, 'id'>): void;
  /**
   * The events after one whose id is given, and then all that follow; without an id, or with an empty one, those that
   * follow from now on. Where the place is lost, because the events after it are not kept any more, or because nobody
   * gave out such an id, the first event is a `reset`: what comes next does not follow on what the reader has. It is all
   * that is kept.
   */
  after(lastEventId?: string | null): AsyncIterable<ServerSentEvent>;
  /** Ends all readers, once they have everything. */
  close(): void;
}

const ID = /^\d{1,16}$/;

/**
 * Keeps the latest events for clients of an event stream that come again.
 *
 * @example
 * const ring = createEventRing({ size: 1_000, firstId: Date.now() * 1_000 });
 * alert$.subscribe((alert) => ring.push({ event: alert.kind, data: JSON.stringify(alert) }));
 * app.get('/v1/alerts', ({ req }) => eventStream(req.raw, ring.after(req.header('last-event-id'))));
 */
export function createEventRing(options: EventRingOptions = {}): EventRing {
  const { size = 1_000, firstId = 1 } = options;
  checkInteger('size', size, 1);
  checkInteger('firstId', firstId, 1);
  const slots = new Array<Omit<ServerSentEvent, 'id'> | undefined>(size);
  const changed$ = new Subject<void>();
  let end = firstId; // the id of the event to come
  let isClosed = false;

  const oldest = (): number => Math.max(firstId, end - size);
  const kept = (id: number): ServerSentEvent => ({ ...slots[id % size]!, id: String(id) });

  /** Where to go on after an id; undefined when nobody gave it out. */
  const placeAfter = (lastEventId: string): number | undefined => {
    const next = ID.test(lastEventId) ? Number(lastEventId) + 1 : NaN;
    return next <= end ? next : undefined; // one that is not kept any more is seen when it is read
  };

  const reset = (): ServerSentEvent => ({
    event: 'reset',
    data: JSON.stringify({ oldestId: String(oldest()), nextId: String(end) }),
    id: String(oldest() - 1),
  });

  const read = (place: { next: number | undefined }): ServerSentEvent | undefined => {
    if (place.next === undefined || place.next < oldest()) {
      place.next = oldest();
      return reset();
    }
    return place.next < end ? kept(place.next++) : undefined;
  };

  return {
    push: ({ event, data }) => {
      sseFrame({ event, data }); // refused here, and not at every reader
      if (isClosed) return;
      slots[end++ % size] = { event, data };
      changed$.next();
    },

    after: (lastEventId) => {
      const start = lastEventId ? placeAfter(lastEventId) : end;
      return {
        [Symbol.asyncIterator]: () => {
          const place = { next: start };
          const next$: Observable<ServerSentEvent> = defer(() => {
            const event = read(place);
            if (event) return of(event);
            return isClosed
              ? EMPTY
              : changed$.pipe(
                  take(1),
                  mergeMap(() => next$),
                );
          });
          return pull(next$, { close: () => undefined });
        },
      };
    },

    close: () => {
      isClosed = true;
      changed$.next();
    },
  };
}

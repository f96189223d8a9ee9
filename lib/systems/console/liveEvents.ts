import { BehaviorSubject, defer, filter, map, take, type Observable } from 'rxjs';
import type { ServerSentEvent } from '../../adapters/http/sseFrame.ts';
import { pull } from '../../boundary/pull.ts';
import type { LiveQuery } from './liveQuery.ts';
import { nextEvent, type Known } from './nextEvent.ts';
import type { Sample } from './sample.ts';

/**
 * What one client is told: one event for each pull, as soon as there is something to tell. Of what happens between two pulls only
 * the latest sample counts, so a client that reads slowly misses steps and nothing else.
 */
export function liveEvents(samples$: Observable<Sample>, query: LiveQuery): AsyncIterable<ServerSentEvent> {
  return {
    [Symbol.asyncIterator]: () => {
      const latest$ = new BehaviorSubject<Sample | undefined>(undefined);
      const following = samples$.subscribe(latest$);
      let told: Sample | undefined;
      let known: Known | undefined;

      const next$ = defer(() =>
        latest$.pipe(
          filter((sample): sample is Sample => sample !== undefined && sample !== told),
          map((sample) => {
            const next = nextEvent(sample, query, known);
            told = sample;
            known = next.known;
            return next.event;
          }),
          filter((event) => event !== undefined),
          take(1),
        ),
      );
      return pull(next$, { close: () => following.unsubscribe() });
    },
  };
}

import { defer, EMPTY, ignoreElements, mergeMap, throwError, toArray, type Observable } from 'rxjs';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Sender } from '../../contracts/sender.ts';
import { SendError } from '../../contracts/sendFailure.ts';
import type { Topic } from '../../core/topics/topic.ts';

/** What travels on a topic: an event, and by which way it came. Two routes may make two events of one, under its id. */
export interface TopicMessage {
  readonly event: RoutedEvent;
  readonly via: string;
}

/** What {@link topicSender} sends to. */
export interface TopicSenderOptions {
  readonly name: string;
  readonly topic: Topic<TopicMessage>;
  /** The same for all events of one route, and for no other. */
  readonly via: string;
}

/** Sends events to a topic of this process. One is sent when every receiver of the topic has it in its lines. */
export function topicSender({ name, topic, via }: TopicSenderOptions): Sender {
  return {
    name,
    send: (event): Observable<never> =>
      defer(() => topic.publish({ event, via }).settled$).pipe(
        toArray(),
        mergeMap((ends) => {
          const failed = ends.filter(({ outcome }) => outcome !== 'succeeded');
          if (failed.length === 0) return EMPTY;
          const names = failed.map(({ subscriber, outcome }) => `${subscriber} (${outcome})`).join(', ');
          const reason = `receivers of topic ${topic.name} have no room for the event: ${names}`;
          return throwError(() => new SendError(name, 'busy', reason, { cause: failed[0]!.error }));
        }),
        ignoreElements(),
      ),
  };
}

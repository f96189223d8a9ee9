import type { Part } from '../../../operators/internal/part.ts';
import type { Roster } from './roster.ts';
import { subscriberPart } from './subscriberPart.ts';

/** What there is to be seen of a topic. */
export interface InspectedTopic<A> {
  readonly name: string;
  readonly roster: Roster<A>;
  readonly published: number;
  readonly isComplete: boolean;
}

/** A topic as an inspection sees it: whoever publishes waits where a subscriber blocks. Undefined once it has ended. */
export function topicPart<A>(topic: InspectedTopic<A>): Part | undefined {
  if (topic.isComplete && topic.roster.size === 0) return undefined;
  return {
    kind: 'topic',
    name: topic.name,
    of: topic,
    look() {
      const subscribers = topic.roster.live();
      return {
        figures: { subscribers: subscribers.length },
        counts: { published: topic.published },
        waits: topic.roster.blocking().map((on) => ({ how: 'is blocked by', on })),
        parts: subscribers.map((attached) => subscriberPart(attached, 'subscriber')),
      };
    },
  };
}

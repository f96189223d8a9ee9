import type { Dispatcher } from './dispatcher.ts';
import type { TopicEvents } from './topicEvents.ts';

/** Where a subscriber is attached. */
export interface AttachedHost {
  /** The topic, or the pattern of topics, as alerts name it. */
  readonly topic: string;
  /** How many topics it is fed by. */
  readonly topics: number;
  readonly dispatcher: Dispatcher;
  readonly events: TopicEvents;
  readonly ended: () => void;
}

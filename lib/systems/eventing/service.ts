import type { AnyDefinition } from '../../contracts/message.ts';
import type { Bus } from '../../core/events/bus.ts';

/** A service as its module exports it by default: what it understands and tells, and what it does. */
export interface Service {
  /** Names it, and its queues: `<name>.commands` and `<name>.events`. */
  readonly name: string;
  /** The commands that can be sent to it, and the events that it tells or wants to know. */
  readonly messages: readonly AnyDefinition[];
  /** Attaches its handlers to the bus. Called by the runtime that consumes, and by that one alone. */
  attach(bus: Pick<Bus, 'handle' | 'on' | 'publish'>): PromiseLike<void> | void;
}

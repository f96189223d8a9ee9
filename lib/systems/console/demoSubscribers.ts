import type { DeliveryContract } from '../../contracts/delivery.ts';
import type { SubscriberKnobs } from './demo.ts';

/** What goes through the demo. */
export interface DemoOrder {
  readonly id: number;
  readonly source: string;
  /** In ms of the clock. What one source makes is in this order. */
  readonly at: number;
  readonly customer: string;
}

/** A subscriber of the demo: its contract but what it does, and how its knobs stand at first. */
export interface DemoContract extends Omit<DeliveryContract<DemoOrder>, 'handle'> {
  readonly concurrency: number;
  readonly bufferSize: number;
  readonly overflow: NonNullable<DeliveryContract<DemoOrder>['overflow']>;
  readonly initial: SubscriberKnobs;
}

const calm = (delayMs: number): SubscriberKnobs => ({ delayMs, throws: false, paused: false });

/** One for each way to be full. None blocks: whatever one of them does, the others go on. */
export const DEMO_SUBSCRIBERS: readonly DemoContract[] = [
  {
    ...{ id: 'billing', concurrency: 2, bufferSize: 50, overflow: 'park', onFailure: 'park', parkSize: 100 },
    initial: calm(40),
  },
  { id: 'mail', concurrency: 1, bufferSize: 100, overflow: 'dropOldest', initial: calm(20) },
  { id: 'metrics', concurrency: 1, bufferSize: 20, overflow: 'coalesce', initial: calm(0) },
  {
    ...{ id: 'archive', concurrency: 4, bufferSize: 200, overflow: 'dropNewest' },
    partitionKey: ({ customer }) => customer,
    initial: calm(100),
  },
];

import { Observable, type Subscriber } from 'rxjs';
import type { Delivery, DeliveryContext, DeliveryContract } from '../../../../lib/contracts/delivery.ts';
import type { Topic } from '../../../../lib/core/topics/topic.ts';

/** One handler that has been called. */
export interface Call<A> {
  readonly value: A;
  readonly context: DeliveryContext;
  readonly isOpen: () => boolean;
  readonly succeed: () => void;
  readonly fail: (cause?: unknown) => void;
}

/** A subscriber whose handlers end when they are told to. */
export interface Manual<A> {
  readonly delivery: Delivery<A>;
  /** In the order they were called. */
  readonly calls: readonly Call<A>[];
  readonly values: () => A[];
  readonly open: () => Call<A>[];
}

export function manual<A>(topic: Topic<A>, id: string, contract: Partial<DeliveryContract<A>> = {}): Manual<A> {
  const calls: Call<A>[] = [];
  const delivery = topic.deliver({
    id,
    ...contract,
    handle(value, context) {
      let isOpen = true;
      let work: Subscriber<unknown> | undefined;
      const call: Call<A> = {
        value,
        context,
        isOpen: () => isOpen,
        succeed: () => work?.complete(),
        fail: (cause) => work?.error(cause ?? new Error(`${id} fails on ${String(value)}`)),
      };
      calls.push(call);
      return new Observable((subscriber) => {
        work = subscriber;
        return () => (isOpen = false);
      });
    },
  });
  return {
    delivery,
    calls,
    values: () => calls.map(({ value }) => value),
    open: () => calls.filter(({ isOpen }) => isOpen()),
  };
}

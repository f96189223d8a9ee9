import type { Observable } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import type { DeliveryContract } from '../../contracts/delivery.ts';
import type { RouteAlert } from '../../contracts/receiver.ts';
import { Topic } from '../topics/topic.ts';
import { inTurn } from './inTurn.ts';

/**
 * Hands alerts to sinks as to any subscriber under contract: one that is slow, hangs or throws is its own trouble, and none
 * of them has a part in the turn in which the alert was raised.
 */
export function alertTopic(
  name: string,
  alerts$: Observable<RouteAlert>,
  sinks: readonly DeliveryContract<RouteAlert>[],
): Topic<RouteAlert> {
  const topic = new Topic<RouteAlert>({ name });
  for (const { handle, ...contract } of sinks) {
    if (typeof handle !== 'function') throw new OptionError('handle', 'a function', handle);
    topic.deliver({ ...contract, handle: (alert, delivery) => inTurn(() => handle(alert, delivery)) });
  }
  alerts$.subscribe(topic);
  return topic;
}

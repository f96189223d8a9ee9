import { justNow } from '../../../operators/internal/justNow.ts';
import type { Outcome } from '../../contracts/delivery.ts';
import type { DeliveryError } from '../../contracts/deliveryFailure.ts';
import type { AttachedParts } from './attachedParts.ts';
import { Lane } from './lane.ts';
import { notTakenUp } from './notTakenUp.ts';
import type { Publication } from './publication.ts';

/** The lane of a subscriber, which tells what becomes of values that no handler takes. */
export function laneOf<A>(attached: AttachedParts<A>): Lane<A> {
  const { terms, feeds, id } = attached;

  const gone = (publication: Publication<A>, outcome: Outcome, error: DeliveryError | undefined): void => {
    notTakenUp(publication, id, outcome);
    publication.settle(attached, outcome, error);
    if (outcome === 'refused' && error) feeds.failed(error);
    if (outcome === 'dropped') feeds.guarded(() => terms.onDrop(publication.value), publication);
  };

  return new Lane(terms, {
    isOwn: ({ by }) => by.origin === attached,
    now: justNow,
    errorOf: (publication, cause) => feeds.errorOf(publication, 0, cause),
    gone,
    roomMade: () => attached.change(() => attached.lane.room.unblock()),
  });
}

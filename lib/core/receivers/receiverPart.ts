import { theirs } from '../../../operators/internal/figureText.ts';
import type { Part, Wait } from '../../../operators/internal/part.ts';
import { runningSince } from '../topics/attemptsWait.ts';
import type { Roster } from '../topics/roster.ts';
import { subscriberPart } from '../topics/subscriberPart.ts';
import type { EventCounts } from './receiver.ts';

/** What there is to be seen of a receiver. */
export interface InspectedReceiver<E> {
  readonly options: {
    readonly identity: { readonly tenant: string };
    readonly topic: { readonly name: string; readonly roster: Roster<E>; readonly isComplete: boolean };
  };
  account(): EventCounts;
}

/** A receiver as an inspection sees it: its events wait for the rate limit, and then for every route. Undefined once it has ended. */
export function receiverPart<E>(receiver: InspectedReceiver<E>): Part | undefined {
  const { identity, topic } = receiver.options;
  if (topic.isComplete && topic.roster.size === 0) return undefined;
  return {
    kind: 'receiver',
    name: topic.name,
    of: topic, // what is published on it is published here
    look(now) {
      const { pending, delayed, ...counts } = receiver.account();
      const routes = topic.roster.live();
      return {
        figures: { waiting: pending, delayed, routes: routes.length },
        counts,
        waits: [...(delayed > 0 ? [limitWait(delayed, identity.tenant)] : []), ...routeWaits(routes, now)],
        parts: routes.map((route) => subscriberPart(route, 'route')),
      };
    },
  };
}

function limitWait(delayed: number, tenant: string): Wait {
  const [one, many] = ['is held back', 'are held back'];
  return {
    subject: theirs(delayed, 'event'),
    how: `${delayed === 1 ? one : many} by the rate limit of tenant '${tenant}'`,
  };
}

/** Those that hold something, the one with the oldest first. */
function routeWaits<E>(routes: ReturnType<Roster<E>['live']>, now: number): readonly Wait[] {
  const ages = routes.map((on) => {
    const { oldestSince = now } = on.lane.room;
    return {
      on,
      isBusy: !on.lane.isEmpty,
      since: Math.min(oldestSince, runningSince(on.runner.attempts.all()) ?? now),
    };
  });
  const busy = ages.filter(({ isBusy }) => isBusy).sort((a, b) => a.since - b.since);
  return busy.map(({ on }) => ({ how: 'waits for', on }));
}

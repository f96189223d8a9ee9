import { Observable } from 'rxjs';
import { pull } from '../../boundary/pull.ts';
import type { AggregatePage, WalkQuery } from './aggregate.ts';
import { openSession, type Session } from './session.ts';
import type { Settings } from './settings.ts';
import { settleWith } from './settleWith.ts';
import type { Stretch } from './stretch.ts';
import { createWalk, type Walk } from './walk.ts';
import type { WalkOptions } from './walkOptions.ts';

/** Page after page: a walk that stays open between them, and fetches ahead for the next. */
export function readPages<T, Q>(settings: Settings<T, Q>, query: WalkQuery<Q>): AsyncIterator<AggregatePage<T>> {
  const { prefetch, sources } = settings;
  let opened: { readonly session: Session<T, Q>; walk: Walk<T> } | undefined;
  let isOver = false;

  const open = () => {
    const session = openSession(settings, query);
    return { session, walk: createWalk({ ...session.walk, prefetch, kept: () => undefined }) };
  };

  /** The same walk once more, so that the sources that failed get another chance. */
  const again = (stretch: Stretch<T>, { walk, stateAfter }: Session<T, Q>): Walk<T> => {
    const hands = stretch.places().map((place) => (place.kind === 'reading' ? place.hand : undefined));
    const kept: WalkOptions<T, Q>['kept'] = (source, token, size) => {
      const hand = hands[sources.indexOf(source)];
      return hand?.token === token && hand?.size === size ? hand : undefined;
    };
    return createWalk({ ...walk, from: stateAfter(stretch), prefetch, kept });
  };

  const next$ = new Observable<AggregatePage<T>>((subscriber) => {
    if (isOver) {
      subscriber.complete();
      return;
    }
    const { session, walk } = (opened ??= open());
    const events = settleWith<T, AggregatePage<T>>(subscriber, (stretch) => {
      isOver = stretch.isExhausted;
      if (stretch.failures.size > 0) {
        walk.stop();
        opened = { session, walk: again(stretch, session) };
      }
      return session.pageOf(stretch);
    });
    walk.run(session.size, events);
  });

  const close = () => {
    isOver = true;
    opened?.walk.stop();
  };

  return pull(next$, { close, signal: query.signal });
}

import {
  asyncScheduler,
  concatMap,
  defaultIfEmpty,
  defer,
  from,
  last,
  map,
  of,
  share,
  tap,
  type Observable,
} from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { checkInboxKey } from '../../boundary/checkInboxKey.ts';
import type { Done, Inbox } from '../../contracts/inbox.ts';

/** How much {@link createInbox} remembers, and for how long. */
export interface InboxOptions {
  /** Most keys; beyond it the one that was done first is forgotten. Default: 100 000. */
  readonly maxKeys?: number | undefined;
  /** How long a key is remembered, in ms from when its work was done. Default: 24 hours. */
  readonly maxAgeMs?: number | undefined;
}

/**
 * An inbox of this process: it forgets all when the process ends.
 *
 * @example
 * const inbox = createInbox();
 * const handle = (message: IncomingMessage) => inbox.once(message.id, () => book(message));
 */
export function createInbox(options: InboxOptions = {}): Inbox<undefined> {
  const { maxKeys = 100_000, maxAgeMs = 24 * 3_600_000 } = options;
  checkInteger('maxKeys', maxKeys, 1);
  if (!(maxAgeMs > 0)) throw new OptionError('maxAgeMs', 'more than 0', maxAgeMs);
  const known = new Map<string, { readonly answer: string; readonly doneAt: number }>(); // in the order of it
  const underWay = new Map<string, Observable<Done>>();

  function forgetOld(): void {
    const now = asyncScheduler.now();
    for (const [key, { doneAt }] of known) {
      if (known.size <= maxKeys && now - doneAt < maxAgeMs) break;
      known.delete(key);
    }
  }

  function start(key: string, work: () => Observable<string>): Observable<Done> {
    const isOver = () => void underWay.delete(key);
    const done$ = defer(work).pipe(
      defaultIfEmpty(''),
      last(),
      tap((answer) => {
        known.set(key, { answer, doneAt: asyncScheduler.now() });
        forgetOld();
      }),
      map((answer) => ({ answer, isKnown: false })),
      // Before its end is told: whoever hears of it may come with the same key at once.
      tap({ error: isOver, complete: isOver, unsubscribe: isOver }),
      share(),
    );
    underWay.set(key, done$);
    return done$;
  }

  return {
    once: (key, work) =>
      defer(() => {
        checkInboxKey(key);
        forgetOld();
        const before = known.get(key);
        if (before) return of({ answer: before.answer, isKnown: true });
        const other$ = underWay.get(key);
        if (other$) return other$.pipe(concatMap(({ answer }) => of({ answer, isKnown: true })));
        return start(key, () => from(work(undefined)));
      }),
  };
}

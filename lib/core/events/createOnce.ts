import { concat, concatMap, defaultIfEmpty, defer, finalize, of, share, type Observable } from 'rxjs';
import type { Inbox } from '../../contracts/inbox.ts';

/** What came of some work, and whether it had been done before. */
export interface Done {
  readonly answer: string;
  readonly isKnown: boolean;
}

/** Does the work of a key once, see {@link createOnce}. */
export type Once = (key: string, work: () => Observable<string>) => Observable<Done>;

/**
 * Makes something that does work once per key, as far as the inbox remembers. Work that fails leaves no mark. While work is on
 * its way, whoever comes with the same key waits for it and shares its end.
 */
export function createOnce(inbox: Inbox): Once {
  const underWay = new Map<string, Observable<Done>>();

  function done(key: string, work: () => Observable<string>): Observable<Done> {
    return inbox.find(key).pipe(
      defaultIfEmpty(undefined),
      concatMap((known) => {
        if (known !== undefined) return of({ answer: known, isKnown: true });
        return defer(work).pipe(concatMap((answer) => concat(inbox.keep(key, answer), of({ answer, isKnown: false }))));
      }),
    );
  }

  return (key, work) =>
    defer(() => {
      const other$ = underWay.get(key);
      if (other$) return other$.pipe(concatMap(({ answer }) => of({ answer, isKnown: true })));

      const done$ = done(key, work).pipe(
        finalize(() => {
          if (underWay.get(key) === done$) underWay.delete(key);
        }),
        share(),
      );
      underWay.set(key, done$);
      return done$;
    });
}

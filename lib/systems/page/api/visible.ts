import { distinctUntilChanged, fromEvent, map, shareReplay, startWith } from 'rxjs';

/** Whether this tab can be seen, now and from then on. */
export const visible$ = fromEvent(document, 'visibilitychange').pipe(
  startWith(undefined),
  map(() => !document.hidden),
  distinctUntilChanged(),
  shareReplay({ bufferSize: 1, refCount: true }),
);

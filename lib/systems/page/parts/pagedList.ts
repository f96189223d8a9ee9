import type { ReactiveControllerHost } from 'lit';
import { catchError, exhaustMap, map, merge, of, scan, Subject, type Observable } from 'rxjs';
import type { ApiFailure } from '../api/apiFailure.ts';
import { ask } from '../api/ask.ts';
import { polled, type Polled } from '../api/polled.ts';
import { Watched } from './watched.ts';

/** A page as the server gives it. */
interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string;
}

/** A list, the newest first: its beginning is asked for again and again, what follows when the reader wants more. */
export interface PagedList<T> {
  readonly state: () => Polled<readonly T[]>;
  readonly hasMore: () => boolean;
  readonly more: () => void;
  /** Asks for the beginning at once. */
  readonly again: () => void;
}

interface Grown<T> {
  readonly polled: Polled<readonly T[]>;
  /** Where to go on; undefined before the first page. */
  readonly token?: string | undefined;
  /** Whether the reader has gone on from the first page. */
  readonly isBeyondFirst?: boolean | undefined;
}

type Told<T> = { readonly first: Polled<Page<T>> } | { readonly next: Page<T> } | { readonly failure: ApiFailure };

/** Lists what is at `path`, for an element. */
export function pagedList<T extends { readonly id: string }>(host: ReactiveControllerHost, path: string): PagedList<T> {
  const again$ = new Subject<void>();
  const more$ = new Subject<void>();

  const first$: Observable<Told<T>> = polled(() => readPage(''), { again$ }).pipe(map((first) => ({ first })));
  const next$: Observable<Told<T>> = more$.pipe(
    exhaustMap(() =>
      readPage(watched.value.token ?? '').pipe(
        map((next): Told<T> => ({ next })),
        catchError((failure: unknown) => of<Told<T>>({ failure: failure as ApiFailure })), // of ask()
      ),
    ),
  );
  const watched: Watched<Grown<T>> = new Watched<Grown<T>>(
    host,
    merge(first$, next$).pipe(scan(grown, { polled: {} })),
    {
      polled: {},
    },
  );

  return {
    state: () => watched.value.polled,
    hasMore: () => (watched.value.token ?? '') !== '',
    more: () => more$.next(),
    again: () => again$.next(),
  };

  function readPage(token: string): Observable<Page<T>> {
    return ask(`${path}?${new URLSearchParams({ pageSize: '50', pageToken: token }).toString()}`);
  }
}

function grown<T extends { readonly id: string }>(list: Grown<T>, told: Told<T>): Grown<T> {
  const items = list.polled.value ?? [];
  if ('failure' in told) return { ...list, polled: { ...list.polled, failure: told.failure } };
  if ('next' in told) {
    const { items: come, nextPageToken: token } = told.next;
    return { polled: { value: joined(items, come, 'end') }, token, isBeyondFirst: true };
  }
  const { value, failure } = told.first;
  if (failure || !value) return { ...list, polled: { ...list.polled, ...(failure && { failure }) } };
  const { isBeyondFirst = false } = list;
  return {
    polled: { value: joined(items, value.items, 'start') },
    token: isBeyondFirst ? list.token : value.nextPageToken,
    isBeyondFirst,
  };
}

/** What comes takes the place of what was known under the same id. */
function joined<T extends { readonly id: string }>(
  known: readonly T[],
  come: readonly T[],
  where: 'start' | 'end',
): readonly T[] {
  const ids = new Set(come.map(({ id }) => id));
  const rest = known.filter(({ id }) => !ids.has(id));
  return where === 'start' ? [...come, ...rest] : [...rest, ...come];
}

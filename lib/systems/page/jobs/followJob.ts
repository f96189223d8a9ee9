import { catchError, concat, map, of, scan, startWith, type Observable } from 'rxjs';
import type { ApiFailure } from '../api/apiFailure.ts';
import { readEvents } from '../api/readEvents.ts';
import { dataText } from '../words/dataText.ts';

/** What a job has told so far. */
export interface Followed {
  readonly id: string;
  readonly lines: readonly { readonly key: number; readonly text: string }[];
  readonly isOver: boolean;
}

/** Most messages that are kept on the page: the oldest go. */
const MOST = 200;

/** Follows a job to its end. */
export function followJob(id: string): Observable<Followed> {
  const told$ = readEvents(`/v1/jobs/${encodeURIComponent(id)}/events`).pipe(
    map(({ event = 'message', data }) => ({ text: lineOf(event, data), isOver: event === 'end' })),
    catchError((thrown: unknown) => of({ text: (thrown as ApiFailure).detail, isOver: true })), // of readEvents()
  );
  return concat(told$, of({ text: '', isOver: true })).pipe(
    scan<{ text: string; isOver: boolean }, { next: number; followed: Followed }>(
      ({ next, followed }, { text, isOver }) => ({
        next: next + 1,
        followed: {
          id,
          lines: text === '' ? followed.lines : [...followed.lines, { key: next, text }].slice(-MOST),
          isOver: followed.isOver || isOver,
        },
      }),
      { next: 0, followed: { id, lines: [], isOver: false } },
    ),
    map(({ followed }) => followed),
    startWith<Followed>({ id, lines: [], isOver: false }),
  );
}

function lineOf(event: string, data: string): string {
  switch (event) {
    case 'message':
      return dataText(parsed(data));
    case 'state':
      return `is ${(parsed(data) as { readonly state?: string } | undefined)?.state ?? 'changed'}`;
    case 'reset':
      return 'what it told before is not kept any more';
    default:
      return '';
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}

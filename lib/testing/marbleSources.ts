import {
  asapScheduler,
  dematerialize,
  map,
  merge,
  Subject,
  timer,
  type Observable,
  type ObservableNotification,
} from 'rxjs';
import { parseMarbles } from './parseMarbles.ts';
import type { Recorded } from './streamMismatch.ts';

type Values<T> = Readonly<Record<string, T>>;

/** A source that says what its diagram says from when it is subscribed to, in the time of the host. */
export function coldMarbles<T = string>(
  marbles: string,
  values?: Values<T>,
  ...error: [error?: unknown]
): Observable<T> {
  const recorded = parseMarbles(marbles, values, ...error);
  return merge(...recorded.map((one) => inTime<T>(one))).pipe(dematerialize());
}

/** A source that says what its diagram says from now on, whoever listens. */
export function hotMarbles<T = string>(marbles: string, values?: Values<T>, ...error: [error?: unknown]): Subject<T> {
  const hot$ = new Subject<T>();
  coldMarbles(marbles, values, ...error).subscribe(hot$);
  return hot$;
}

/** What is due at once comes when who subscribes has done so. */
function inTime<T>({ frame, notification }: Recorded): Observable<ObservableNotification<T>> {
  const due$ = frame === 0 ? timer(0, asapScheduler) : timer(frame);
  return due$.pipe(map(() => notification as ObservableNotification<T>));
}

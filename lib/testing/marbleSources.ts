import {
  asapScheduler,
  asyncScheduler,
  defer,
  dematerialize,
  finalize,
  map,
  merge,
  NEVER,
  Subject,
  timer,
  type Observable,
  type ObservableNotification,
  type Subscription,
} from 'rxjs';
import { parseMarbles } from './parseMarbles.ts';
import type { Recorded } from './recorded.ts';
import type { Subscribed } from './subscriptionMismatch.ts';

type Values<T> = Readonly<Record<string, T>>;

/** A source that knows when it was subscribed to. */
export type ColdMarbles<T> = Observable<T> & {
  /** In ms of the host's time; Infinity for one that goes on. */
  readonly subscriptions: readonly Subscribed[];
};

/** A source that says what its diagram says from when it is subscribed to, in the time of the host. */
export function coldMarbles<T = string>(
  marbles: string,
  values?: Values<T>,
  ...error: [error?: unknown]
): ColdMarbles<T> {
  const recorded = parseMarbles(marbles, values, ...error);
  const said$ = merge(...recorded.map((one) => inTime<T>(one)), NEVER).pipe(dematerialize());
  const subscriptions: Subscribed[] = [];
  const watched$ = defer(() => {
    const at = subscriptions.length;
    const subscribedFrame = asyncScheduler.now();
    subscriptions.push({ subscribedFrame, unsubscribedFrame: Infinity });
    const left = () => void (subscriptions[at] = { subscribedFrame, unsubscribedFrame: asyncScheduler.now() });
    return said$.pipe(finalize(left));
  });
  return Object.assign(watched$, { subscriptions });
}

/** A source that says what its diagram says from now on, whoever listens, until `running` is unsubscribed. */
export function hotMarbles<T = string>(
  running: Subscription,
  marbles: string,
  values?: Values<T>,
  ...error: [error?: unknown]
): Subject<T> {
  const hot$ = new Subject<T>();
  running.add(coldMarbles(marbles, values, ...error).subscribe(hot$));
  return hot$;
}

/** What is due at once comes when who subscribes has done so. */
function inTime<T>({ frame, notification }: Recorded): Observable<ObservableNotification<T>> {
  const due$ = frame === 0 ? timer(0, asapScheduler) : timer(frame);
  return due$.pipe(map(() => notification as ObservableNotification<T>));
}

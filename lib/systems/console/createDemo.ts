import {
  BehaviorSubject,
  catchError,
  defer,
  distinctUntilChanged,
  EMPTY,
  finalize,
  ignoreElements,
  of,
  switchMap,
  take,
  tap,
  throwError,
  timer,
  type Observable,
} from 'rxjs';
import { Topic } from '../../core/topics/topic.ts';
import { mergeSorted } from '../../../operators/mergeSorted.ts';
import type { Demo, DemoPatch, SourceKnobs, SubscriberKnobs } from './demo.ts';
import { demoSource } from './demoSource.ts';
import { DEMO_SUBSCRIBERS, type DemoContract, type DemoOrder } from './demoSubscribers.ts';

/** A demo that can be run, looked at and changed. */
export interface RunningDemo {
  readonly sources: readonly string[];
  readonly subscribers: readonly string[];
  readonly read: () => Demo;
  /** Changes what handlers and sources do from now on: also of what runs. */
  readonly change: (patch: DemoPatch) => Demo;
  /** Puts everything as it was at first. */
  readonly reset: () => Demo;
  /** Makes orders, until it is unsubscribed; then the demo is over. */
  readonly run: () => Observable<never>;
}

/** What a demo needs. */
export interface DemoOptions {
  /** Takes what ended it, which is a mistake of ours. */
  readonly onError?: ((failure: unknown) => void) | undefined;
}

const TOPIC = 'demo.orders';
const MERGE = 'demo.merge';
const SOURCES = ['web', 'shop'];
const SOURCE_AT_FIRST: SourceKnobs = { running: true, perSecond: 10 };
/** Orders that a source has ahead of the other at most: then it makes no more, as whoever pushes should. */
const MOST_AHEAD = 500;

/** Two sources, merged in order, into a topic with four subscribers: real parts, whose handlers do as they are told. */
export function createDemo({ onError = () => undefined }: DemoOptions = {}): RunningDemo {
  const topic = new Topic<DemoOrder>({ name: TOPIC });
  const sources = SOURCES.map((name) => ({ name, ahead: 0, knobs$: new BehaviorSubject(SOURCE_AT_FIRST) }));
  const subscribers = DEMO_SUBSCRIBERS.map((contract) => attach(topic, contract));

  const read = (): Demo => ({
    topic: TOPIC,
    sources: sources.map(({ name, knobs$ }) => ({ name, ...knobs$.value })),
    subscribers: subscribers.map(({ contract: { id, concurrency, bufferSize, overflow }, knobs$ }) => ({
      ...{ id, name: `${TOPIC}/${id}`, ...knobs$.value, concurrency, bufferSize, overflow },
    })),
  });
  const change = ({ sources: ofSources = {}, subscribers: ofSubscribers = {} }: DemoPatch): Demo => {
    for (const { name, knobs$ } of sources) knobs$.next({ ...knobs$.value, ...own(ofSources, name) });
    for (const { contract, turn, knobs$ } of subscribers) turn({ ...knobs$.value, ...own(ofSubscribers, contract.id) });
    return read();
  };

  const orders$ = sources.map((source) =>
    demoSource({ name: source.name, knobs$: source.knobs$, hasRoom: () => source.ahead < MOST_AHEAD }).pipe(
      tap(() => source.ahead++),
    ),
  );
  const publish = (order: DemoOrder): void => {
    sources.find(({ name }) => name === order.source)!.ahead--;
    topic.next(order);
  };

  return {
    sources: SOURCES,
    subscribers: DEMO_SUBSCRIBERS.map(({ id }) => id),
    read,
    change,
    reset: () =>
      change({
        sources: Object.fromEntries(SOURCES.map((name) => [name, SOURCE_AT_FIRST])),
        subscribers: Object.fromEntries(DEMO_SUBSCRIBERS.map(({ id, initial }) => [id, initial])),
      }),
    run: () =>
      defer(() =>
        mergeSorted(orders$, { compare: (a, b) => a.at - b.at, name: MERGE, bufferSize: 2 * MOST_AHEAD }),
      ).pipe(
        tap(publish),
        ignoreElements(),
        catchError((failure: unknown) => {
          onError(failure);
          return EMPTY;
        }),
        // eslint-disable-next-line rxjs-x/no-subject-unsubscribe -- it discards what is held, and nobody is left to publish
        finalize(() => topic.unsubscribe()),
      ),
  };
}

function attach(topic: Topic<DemoOrder>, contract: DemoContract) {
  const { initial, ...terms } = contract;
  const knobs$ = new BehaviorSubject(initial);
  const handling$ = knobs$.pipe(
    distinctUntilChanged((a, b) => a.delayMs === b.delayMs && a.throws === b.throws),
    switchMap(work),
    take(1),
  );
  const delivery = topic.deliver({ ...terms, handle: () => handling$ });
  const turn = (knobs: SubscriberKnobs): void => {
    knobs$.next(knobs);
    if (knobs.paused) delivery.pause();
    else delivery.resume();
  };
  return { contract, knobs$, turn };
}

function work({ delayMs, throws }: SubscriberKnobs): Observable<unknown> {
  const done$ = throws ? throwError(() => new Error('the demo was told to fail')) : of(undefined);
  return delayMs > 0 ? timer(delayMs).pipe(switchMap(() => done$)) : done$;
}

function own<A>(patches: Readonly<Record<string, Partial<A>>>, name: string): Partial<A> {
  return Object.hasOwn(patches, name) ? patches[name]! : {};
}

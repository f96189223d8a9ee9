// An event per ms, for ten seconds, to two routes: the fast one takes 1 ms for an event, the slow one 1 s. What the slow
// one does to the fast one, in four designs that come to mind, and with a receiver. In virtual time: it is over at once.
import * as rx from 'rxjs';
import { createReceiver } from 'rxfan';
import { createMarbles } from 'rxfan/testing';

const EVENTS = 10_000;
const SLOTS = 10; // how many events run at the same time
const ROOM = 100; // how many wait for that
const end$ = rx.timer(EVENTS + 0.5);

/** Begins when it is subscribed to. */
type Work = rx.Observable<unknown>;
/** Takes an event in, as work for each route; the source goes on when what it returns has completed. */
type Next = (works: readonly Work[]) => rx.Observable<unknown>;

/** Proposal 1: begin them all, and wait for all. */
const waitForAll = (): Next => (works) => rx.merge(...works);

/** Proposal 2: begin them all, and wait for none. */
const waitForNone = (): Next => (works) => {
  for (const work of works) work.subscribe();
  return rx.EMPTY;
};

/** Proposal 3: wait for a slot of the receiver before each begins. */
const slotsOfReceiver = (): Next => {
  const slots = createSlots(SLOTS);
  return (works) => rx.concat(...works.map((work) => slots.take(() => work.subscribe({ complete: slots.give }))));
};

/** Proposal 3: wait for a slot of the route before each begins. */
const slotsOfRoutes = (): Next => {
  const all = [createSlots(SLOTS), createSlots(SLOTS)];
  const begin = (work: Work, { take, give }: Slots) => take(() => work.subscribe({ complete: give }));
  return (works) => rx.concat(...works.map((work, i) => begin(work, all[i]!)));
};

/** Proposal 4: wait for room in a channel, which a pool of workers empties. */
const workerPool = (): Next => {
  const channel$ = new rx.Subject<Work>();
  const room = createSlots(ROOM + SLOTS); // in the channel, and at the workers
  channel$.pipe(rx.mergeMap((work) => work.pipe(rx.finalize(room.give)), SLOTS)).subscribe();
  return (works) => rx.concat(...works.map((work) => room.take(() => channel$.next(work))));
};

/** A receiver: a lane per route, with slots and room of its own, and an answer to what finds it full. Waits for nothing. */
const laneOfRoutes = (dropped: () => void): Next => {
  const receiver = createReceiver<readonly Work[]>({ tenant: 'acme', name: 'orders', freeze: 'off' });
  const bounds = { concurrency: SLOTS, bufferSize: ROOM, overflow: 'dropOldest', onDrop: dropped } as const;
  receiver.addRoute({ id: 'fast', handle: ([fast]) => fast, ...bounds });
  receiver.addRoute({ id: 'slow', handle: ([, slow]) => slow, ...bounds });
  end$.subscribe(() => receiver.unsubscribe());
  return (works) => {
    receiver.next(works);
    return rx.EMPTY;
  };
};

export const table = {
  '1: wait for all': examine(waitForAll),
  '2: wait for none': examine(waitForNone),
  '3: slots of the receiver': examine(slotsOfReceiver),
  '3: slots of each route': examine(slotsOfRoutes),
  '4: channel and workers': examine(workerPool),
  'rxfan: a lane per route': examine(laneOfRoutes),
};
console.table(table);

/** What has happened when the time is over. */
interface Row {
  /** Events that the source got rid of. */
  readonly takenIn: number;
  /** Events that the fast route has finished. */
  readonly fast: number;
  /** Events that the slow route has finished. */
  readonly slow: number;
  readonly dropped: number;
  /** Most events that ran at the same time, at both routes together. */
  readonly mostRunning: number;
  /** Longest time that the source was held up by one event. */
  readonly nextMs: number;
}

function examine(create: (dropped: () => void) => Next): Row {
  const row = { takenIn: 0, fast: 0, slow: 0, dropped: 0, mostRunning: 0, nextMs: 0 };
  createMarbles(() => undefined)(({ cold }) => {
    const next = create(() => row.dropped++);
    let running = 0;
    let isOver = false;
    const work = (route: 'fast' | 'slow', marbles: string) => {
      const work$ = cold(marbles);
      const done = () => {
        running--;
        if (!isOver) row[route]++;
      };
      return rx.defer(() => {
        row.mostRunning = Math.max(row.mostRunning, ++running);
        return work$.pipe(rx.tap({ complete: done }));
      });
    };
    const works = [work('fast', '1ms |'), work('slow', '1s |')];
    const takeIn = () => {
      const startMs = rx.asyncScheduler.now();
      return next(works).pipe(
        rx.tap({ complete: () => row.takenIn++ }),
        rx.finalize(() => (row.nextMs = Math.max(row.nextMs, Math.floor(rx.asyncScheduler.now() - startMs)))),
      );
    };
    end$.subscribe(() => (isOver = true));
    rx.timer(0, 1).pipe(rx.take(EVENTS), rx.concatMap(takeIn), rx.takeUntil(end$)).subscribe();
  })();
  return row;
}

interface Slots {
  /** Waits for a slot, and then begins. */
  readonly take: (begin: () => void) => rx.Observable<never>;
  readonly give: () => void;
}

function createSlots(size: number): Slots {
  let free = size;
  const given$ = new rx.Subject<void>();
  const taken = (begin: () => void) => {
    free--;
    begin();
    return rx.EMPTY;
  };
  return {
    take: (begin) =>
      rx.defer(() =>
        free > 0
          ? taken(begin)
          : rx.concat(
              given$.pipe(rx.take(1), rx.ignoreElements()),
              rx.defer(() => taken(begin)),
            ),
      ),
    give: () => {
      free++;
      given$.next();
    },
  };
}

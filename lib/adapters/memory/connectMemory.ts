import {
  concat,
  defer,
  distinctUntilChanged,
  EMPTY,
  first,
  ignoreElements,
  Observable,
  of,
  ReplaySubject,
  shareReplay,
  startWith,
  Subject,
  takeUntil,
  type Subscriber,
} from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { after } from '../../../operators/internal/after.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { heldUp } from '../../../operators/internal/heldUp.ts';
import { enroll } from '../../../operators/internal/inspector.ts';
import { checkMessage } from '../../boundary/checkMessage.ts';
import { queueTerms } from '../../boundary/queueTerms.ts';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import type { ConsumerEvent, Transport, TransportState } from '../../contracts/transport.ts';
import type { BrokerCore } from './brokerCore.ts';
import { copyOfMessage } from './copyOfMessage.ts';
import { MemoryConsumer } from './memoryConsumer.ts';
import { PublishLine } from './publishLine.ts';
import { transportPart } from './transportPart.ts';

/** A transport of one client of a broker in memory. */
export function connectMemory(broker: BrokerCore, name: string): Transport {
  const states$ = new ReplaySubject<TransportState>(1);
  const changed$ = new Subject<void>();
  const consumers = new Map<MemoryConsumer, Subscriber<ConsumerEvent>>();
  const outbox = new PublishLine(broker, () => {
    states$.next(outbox.size > 0 ? 'blocked' : 'connected');
    changed$.next();
  });
  let closing$: Observable<never> | undefined;
  let isClosed = false;

  const refuseWhen = (isOver: boolean) => {
    if (isOver) throw new ClosedError(name);
  };
  const isQuiet = () => outbox.size === 0 && [...consumers.keys()].every(({ running }) => running === 0);

  states$.next('connected');
  const transport: Transport = {
    name,
    state$: states$.pipe(distinctUntilChanged()),

    publish: (message) =>
      new Observable<never>((publisher) => {
        refuseWhen(isClosed);
        checkMessage(message);
        publisher.add(heldUp(() => ({ how: 'waits for', on: transport, called: `transport '${name}'` })));
        outbox.publish(copyOfMessage(message), publisher);
      }),

    consume(contract) {
      const terms = queueTerms(contract, broker.exchange);
      return new Observable((events) => {
        refuseWhen(closing$ !== undefined);
        const queue = broker.declare(terms);
        const deadLetters = broker.deadLettersOf(terms.name);
        const consumer = new MemoryConsumer({ terms, queue, deadLetters, events, settled: () => changed$.next() });
        consumers.set(consumer, events);
        // Before the handlers that it will run are added: they are aborted when their messages are given back.
        events.add(() => {
          consumers.delete(consumer);
          consumer.release();
          broker.leave(queue);
        });
        events.next({ kind: 'consuming', queue: terms.name });
        if (!events.closed) queue.attach(consumer);
      });
    },

    redrive(queue, { max = Infinity } = {}) {
      if (max !== Infinity) checkInteger('max', max, 1);
      return defer(() => {
        refuseWhen(closing$ !== undefined);
        return of(broker.redrive(queue, max));
      });
    },

    deadLetters: (queue) =>
      defer(() => {
        refuseWhen(closing$ !== undefined);
        return of(broker.deadLetterCount(queue));
      }),

    close({ deadlineMs = 10_000 } = {}) {
      if (!(deadlineMs >= 0)) throw new OptionError('deadlineMs', '0 or more', deadlineMs);
      return defer(() => (closing$ ??= closeWithin(deadlineMs)));
    },
  };
  enroll(transport, (one) => (isClosed ? undefined : transportPart(one, outbox, broker)));
  return transport;

  function closeWithin(deadlineMs: number): Observable<never> {
    const late$ = new Observable<void>((subscriber) => after(deadlineMs, () => subscriber.next()));
    for (const consumer of consumers.keys()) consumer.stop();
    const quiet$ = changed$.pipe(startWith(undefined), first(isQuiet), ignoreElements(), takeUntil(late$));
    return concat(quiet$, defer(leave)).pipe(shareReplay({ bufferSize: 1, refCount: false }));
  }

  function leave(): Observable<never> {
    isClosed = true;
    outbox.close(name);
    for (const events of [...consumers.values()]) events.complete();
    states$.next('closed');
    states$.complete();
    return EMPTY;
  }
}

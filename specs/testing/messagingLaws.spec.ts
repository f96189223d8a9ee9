import {
  catchError,
  concat,
  defer,
  EMPTY,
  ignoreElements,
  map,
  mergeMap,
  NEVER,
  Observable,
  of,
  skip,
  throwError,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../lib/adapters/memory/createMemoryBroker.ts';
import { ClosedError } from '../../lib/contracts/deliveryFailure.ts';
import type { QueueContract, Transport } from '../../lib/contracts/transport.ts';
import { messagingLaws } from '../../lib/testing/messagingLaws.ts';
import type { MessagingSubject } from '../../lib/testing/messagingSubject.ts';

/** What is wrong with a transport. */
type Bug = (transport: Transport) => Partial<Transport>;

function subjectOn(exchange: 'direct' | 'topic', bug: Bug = () => ({})) {
  return (): MessagingSubject => {
    const broker = createMemoryBroker({ exchange });
    const opened: Transport[] = [];
    return {
      connect: () => {
        const transport = broker.connect();
        opened.push(transport);
        return { ...transport, ...bug(transport) };
      },
      release: () => opened.forEach((transport) => transport.close({ deadlineMs: 0 }).subscribe()),
      deadLetters: (queue) => Promise.resolve(broker.deadLetters(queue)),
    };
  };
}

/** What comes of the one law with such a name. */
async function outcome(bug: Bug, law: RegExp): Promise<'kept' | 'broken'> {
  const [found, ...others] = messagingLaws(subjectOn('topic', bug), { deadlineMs: 400 }).filter(({ name }) =>
    law.test(name),
  );
  expect(others).toEqual([]);
  return Promise.resolve(found!.check()).then(
    () => 'kept',
    () => 'broken',
  );
}

/** A consumer with another contract. */
function otherwise(change: (contract: QueueContract) => Partial<QueueContract>): Bug {
  return (transport) => ({ consume: (contract) => transport.consume({ ...contract, ...change(contract) }) });
}

const handled = (contract: QueueContract, ...given: Parameters<QueueContract['handle']>) =>
  defer(() => contract.handle(...given) ?? EMPTY);

const bugs: Readonly<Record<string, readonly [Bug, ...RegExp[]]>> = {
  'publishes at the call': [
    (transport) => ({ publish: (message) => (transport.publish(message).subscribe({ error: () => {} }), EMPTY) }),
    /does nothing before it is subscribed to/,
  ],
  'closes at the call': [
    (transport) => ({ close: () => (transport.close().subscribe(), EMPTY) }),
    /does nothing before it is subscribed to/,
  ],
  'confirms what reached no queue': [
    (transport) => ({ publish: (message) => transport.publish(message).pipe(catchError(() => EMPTY)) }),
    /Q3 errors with UnroutableError/,
  ],
  'confirms nothing': [
    (transport) => ({ publish: (message) => concat(transport.publish(message), NEVER) }),
    /brings a message as it was/,
  ],
  'loses what it confirms': [() => ({ publish: () => EMPTY }), /gives each durable queue each message once/],
  'publishes twice': [
    (transport) => ({ publish: (message) => concat(transport.publish(message), transport.publish(message)) }),
    /gives each durable queue each message once/,
  ],
  'takes any routing key': [
    (transport) => ({ publish: (message) => (/[*#]/.test(message.routingKey) ? EMPTY : transport.publish(message)) }),
    /J3 refuses/,
  ],
  'cuts headers off': [
    (transport) => ({ publish: (message) => transport.publish({ ...message, headers: {} }) }),
    /brings a message as it was/,
  ],
  'takes messages back from publishers that leave': [
    (transport) => ({ publish: (message) => timer(0).pipe(mergeMap(() => transport.publish(message))) }),
    /does not take a message back/,
  ],
  'reads the message late': [
    (transport) => ({
      publish: (message) =>
        new Observable((subscriber) => {
          void Promise.resolve().then(() => transport.publish(message).subscribe(subscriber));
        }),
    }),
    /takes the message as it is at the publish/,
  ],
  'mixes up the order': [
    (transport) => ({
      publish: (message) => concat(timer(Number(message.id) % 7).pipe(ignoreElements()), transport.publish(message)),
    }),
    /Q10 keeps the order/,
  ],
  'acknowledges before the handler has succeeded': [
    otherwise((contract) => ({
      handle: (...given) => void handled(contract, ...given).subscribe({ error: () => {} }),
    })),
    /Q7 settles nothing/,
    /Q7 gives a message again/,
    /Q18 lets handlers finish/,
  ],
  'takes a failure for a success': [
    otherwise((contract) => ({ handle: (...given) => handled(contract, ...given).pipe(catchError(() => EMPTY)) })),
    /Q7 gives a message again/,
    /Q11/,
  ],
  'runs one handler more': [
    otherwise(({ concurrency = 1 }) => ({ concurrency: concurrency + 1 })),
    /Q10 keeps the order/,
    /Q9 runs as many/,
  ],
  'runs one handler less': [
    otherwise(({ concurrency = 1 }) => ({ concurrency: Math.max(1, concurrency - 1) })),
    /Q9 runs as many/,
  ],
  'starves one of two consumers': [
    (transport) => {
      let count = 0;
      return {
        consume: (contract) =>
          transport.name === 'memory' && count++ === 0 && contract.bindings.length > 0
            ? concat(of({ kind: 'consuming' as const, queue: contract.name }), NEVER)
            : transport.consume(contract),
      };
    },
    /lets two consumers of a queue share it/,
  ],
  'forgets what comes while nobody consumes': [otherwise(() => ({ kind: 'transient' })), /keeps for a durable queue/],
  'keeps transient queues': [
    otherwise(() => ({ kind: 'durable' })),
    /gives transient queues/,
    /ends a transient queue/,
  ],
  'takes every pattern for #': [
    otherwise(({ bindings }) => ({ bindings: bindings.map((binding) => binding.replaceAll('*', '#')) })),
    /knows patterns/,
  ],
  'knows no patterns': [
    otherwise(({ bindings }) => ({ bindings: bindings.filter((binding) => !/[*#]/.test(binding)) })),
    /knows patterns/,
  ],
  'waits as long each time': [
    otherwise(({ retryDelayMs }) => ({ maxRetryDelayMs: retryDelayMs })),
    /doubles the delay/,
  ],
  'never gives up': [otherwise(() => ({ maxAttempts: 1_000 })), /Q11 moves/],
  'gives up too soon': [otherwise(({ maxAttempts = 5 }) => ({ maxAttempts: maxAttempts - 1 || 1 })), /Q11 moves/],
  'tries a dead letter again': [
    otherwise((contract) => ({
      handle: (...given) =>
        handled(contract, ...given).pipe(catchError(() => throwError(() => new Error('poisonous')))),
    })),
    /at once when its handler says so/,
  ],
  'reads bodies of any length': [otherwise(() => ({ maxBodyBytes: Infinity })), /Q12/],
  'forgets the reason': [
    (transport) => ({
      consume: (contract) =>
        transport
          .consume(contract)
          .pipe(map((event) => (event.kind === 'deadLettered' ? { ...event, reason: '' } : event))),
    }),
    /Q11 moves/,
  ],
  'tells nothing': [
    (transport) => ({ consume: (contract) => transport.consume(contract).pipe(skip(1)) }),
    /brings a message as it was/,
  ],
  'redrives all': [(transport) => ({ redrive: (queue) => transport.redrive(queue) }), /brings dead letters back/],
  'redrives nothing': [() => ({ redrive: () => of(0) }), /brings dead letters back/, /refuses to redrive/],
  'keeps what a consumer leaves': [
    (transport) => ({
      consume: (contract) =>
        new Observable((subscriber) => {
          transport.consume(contract).subscribe({
            next: (event) => subscriber.next(event),
            error: (error: unknown) => subscriber.error(error),
            complete: () => subscriber.complete(),
          });
        }),
    }),
    /Q7 settles nothing/,
    /gives back what is not settled/,
  ],
  'aborts nothing': [
    otherwise((contract) => ({
      handle: (message) => contract.handle(message, { signal: new AbortController().signal }),
    })),
    /gives back what is not settled/,
    /Q18 gives up at the deadline/,
  ],
  'holds its place while a message waits': [
    otherwise((contract) => ({
      handle: (...given) =>
        handled(contract, ...given).pipe(
          catchError(() => timer(contract.retryDelayMs ?? 0).pipe(mergeMap(() => handled(contract, ...given)))),
        ),
    })),
    /goes on with others/,
  ],
  'closes without waiting': [
    (transport) => ({ close: () => transport.close({ deadlineMs: 0 }) }),
    /Q18 lets handlers finish/,
  ],
  'waits beyond the deadline': [
    (transport) => ({ close: () => transport.close({ deadlineMs: 1_000 }) }),
    /Q18 gives up at the deadline/,
  ],
  'lets nobody publish while it closes': [
    (transport) => {
      let isClosing = false;
      return {
        publish: (message) => (isClosing ? throwError(() => new ClosedError('it')) : transport.publish(message)),
        close: (options) =>
          defer(() => {
            isClosing = true;
            return transport.close(options);
          }),
      };
    },
    /Q18 lets handlers publish/,
  ],
  'leaves publishes pending after a close': [
    (transport) => ({
      publish: (message) =>
        transport
          .publish(message)
          .pipe(
            catchError((error: unknown) => (error instanceof ClosedError ? NEVER : throwError(() => error as Error))),
          ),
    }),
    /Q1 leaves nothing pending/,
  ],
  'completes a publish after a close': [
    (transport) => ({
      publish: (message) =>
        transport
          .publish(message)
          .pipe(
            catchError((error: unknown) => (error instanceof ClosedError ? EMPTY : throwError(() => error as Error))),
          ),
    }),
    /Q1 leaves nothing pending/,
  ],
  'goes on consuming after a close': [
    (transport) => ({ consume: (contract) => concat(transport.consume(contract), NEVER) }),
    /Q18 lets handlers finish/,
    /Q1 leaves nothing pending/,
  ],
  'confirms before it has sent': [
    (transport) => {
      let isClosed = false;
      return {
        publish: (message) => {
          const sending$ = timer(1).pipe(mergeMap(() => (isClosed ? EMPTY : transport.publish(message))));
          return new Observable((subscriber) => {
            sending$.subscribe({ error: () => {} });
            subscriber.complete();
          });
        },
        close: () =>
          defer(() => {
            isClosed = true;
            return transport.close();
          }),
      };
    },
    /Q2 keeps what it has confirmed/,
  ],
  'is never connected': [() => ({ state$: of('closed' as const) }), /tells how its connection stands/],
  'is never closed': [(transport) => ({ state$: concat(transport.state$, NEVER) }), /tells how its connection stands/],
  'checks contracts late': [
    (transport) => ({ consume: (contract) => defer(() => transport.consume(contract)) }),
    /throws OptionError at the call/,
  ],
};

describe('messagingLaws', () => {
  for (const exchange of ['direct', 'topic'] as const) {
    describe(`a memory broker with a ${exchange} exchange`, () => {
      for (const law of messagingLaws(subjectOn(exchange), { exchange })) it(law.name, law.check);
    });
  }

  it.concurrent.each(Object.entries(bugs))('finds a transport that %s', async (_, [bug, ...laws]) => {
    await Promise.all(laws.map(async (law) => expect([law, await outcome(bug, law)]).toEqual([law, 'broken'])));
  });
});

import type { Scheduler } from 'fast-check';
import { concatMap, defer, from, ignoreElements, Observable, NEVER, Subject, Subscription, tap } from 'rxjs';
import { matchesPattern } from '../../../../lib/boundary/matchesPattern.ts';
import type { ConsumerEvent, OutgoingMessage, QueueContract, Transport } from '../../../../lib/contracts/transport.ts';
import { PublishError, UnroutableError } from '../../../../lib/contracts/transportFailure.ts';

/** What goes wrong: each is asked once per message, or per delivery. */
export interface Faults {
  /** The message comes twice. */
  readonly isDoubled: () => boolean;
  /** The broker has the message, and nobody hears of it. */
  readonly isConfirmLost: () => boolean;
  /** The consumer dies over it before it is settled, and it comes again. */
  readonly isConsumerLost: () => boolean;
}

interface Queue {
  readonly contracts: QueueContract[]; // of those who read it, in turn
  turn: number;
}

/** A broker of which every step is one of a scheduler, which tries their orders. */
export function exploringBroker(scheduler: Scheduler, faults: Faults): { connect(): Transport } {
  const queues = new Map<string, Queue>();
  const step = (what: string) => scheduler.schedule(Promise.resolve(), what);

  async function deliver(queue: Queue, message: OutgoingMessage, attempt: number): Promise<void> {
    await step(`deliver ${message.routingKey} ${message.id}`);
    const contract = queue.contracts[queue.turn++ % queue.contracts.length]!;
    const abort = new AbortController();
    const dies = faults.isConsumerLost();
    const handling = new Subscription();
    const isSettled = await new Promise<boolean>((resolve) => {
      const handled = contract.handle({ ...message, attempt }, { signal: abort.signal });
      handling.add(from(handled ?? []).subscribe({ complete: () => resolve(true), error: () => resolve(false) }));
      if (dies) void step(`lose ${message.id}`).then(() => resolve(false));
    });
    if (isSettled) return;
    abort.abort();
    handling.unsubscribe();
    await deliver(queue, message, attempt + 1);
  }

  function route(message: OutgoingMessage): void {
    const bound = [...queues.values()].filter(({ contracts }) =>
      contracts[0]!.bindings.some((pattern) => matchesPattern(pattern, message.routingKey)),
    );
    if (bound.length === 0) throw new UnroutableError(message.id, message.routingKey);
    for (const queue of bound) {
      void deliver(queue, message, 1);
      if (faults.isDoubled()) void deliver(queue, message, 1);
    }
  }

  return {
    connect: () => ({
      name: 'exploring',
      state$: new Subject(),
      publish: (message) =>
        defer(() => step(`publish ${message.id}`)).pipe(
          tap(() => route(message)),
          concatMap(() => step(`confirm ${message.id}`)),
          tap(() => {
            if (faults.isConfirmLost()) throw new PublishError(message.id, 'timedOut', 'nobody knows');
          }),
          ignoreElements(),
        ),
      consume: (contract) =>
        new Observable<ConsumerEvent>((events) => {
          void step(`declare ${contract.name}`).then(() => {
            const queue = queues.get(contract.name) ?? { contracts: [], turn: 0 };
            queue.contracts.push(contract);
            queues.set(contract.name, queue);
            events.next({ kind: 'consuming', queue: contract.name });
          });
        }),
      redrive: () => NEVER,
      deadLetters: () => NEVER,
      close: () => NEVER,
    }),
  };
}

import { throwError } from 'rxjs';
import type { ConsumerEvent, QueueContract } from '../contracts/transport.ts';
import { ensure } from './law.ts';
import { eventsOf, idsOf, type Trial } from './messagingTrial.ts';
import { showValue } from './showValue.ts';

type Retried = ConsumerEvent & { kind: 'retried' };

/** What every transport keeps of handlers that fail, or never end. */
export const messagingFailureRules: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  'Q7 settles nothing before its handler has succeeded': async (trial) => {
    const [first, second] = [trial.connect(), trial.connect()];
    const held = await trial.consume(first, { handle: () => new Promise(() => undefined) });
    await trial.publish(first, 'held');
    await held.seen.until(({ length }) => length === 1, 'a message did not come');
    const other = await trial.consume(second);
    held.subscription.unsubscribe();
    await other.seen.until(
      (all) => idsOf(all).includes('held'),
      'a consumer left before its handler was done, and its message did not come to another one',
    );
  },

  'Q7 gives a message again when its handler fails, however it fails, and not when it succeeds': async (trial) => {
    const transport = trial.connect();
    const failures: readonly QueueContract['handle'][] = [
      () => {
        throw new Error('thrown');
      },
      () => Promise.reject(new Error('rejected')),
      () => throwError(() => new Error('errored')),
    ];
    const consumer = await trial.consume(transport, {
      handle: (message, context) => failures[message.id === 'fails' ? message.attempt - 1 : 3]?.(message, context),
    });
    await trial.publish(transport, 'fails', 'other');
    await consumer.seen.until(
      (all) => all.some(({ attempt }) => attempt === 4),
      'a message that failed did not come again',
    );
    await trial.publish(transport, 'last');
    const found = await consumer.seen.until((all) => idsOf(all).includes('last'), 'a message did not come');
    const attempts = found.filter(({ id }) => id === 'fails').map(({ attempt }) => attempt);
    ensure(attempts.join() === '1,2,3,4', `a handler failed three times, and had the attempts ${attempts.join()}`);
    ensure(found.length === 6, `three messages, of which one failed three times, came as ${showValue(idsOf(found))}`);
    const told = eventsOf<Retried>(consumer, 'retried').map(({ id, attempt }) => `${id} ${attempt}`);
    ensure(told.join() === 'fails 1,fails 2,fails 3', `of three failures it told ${showValue(told)}`);
  },

  'doubles the delay from attempt to attempt, up to the longest': async (trial) => {
    const transport = trial.connect();
    const consumer = await trial.consume(transport, {
      retryDelayMs: 10,
      maxRetryDelayMs: 25,
      handle: ({ attempt }) => (attempt < 5 ? Promise.reject(new Error('not yet')) : undefined),
    });
    await trial.publish(transport, 'slow');
    await consumer.seen.until((all) => all.some(({ attempt }) => attempt === 5), 'there was no fifth attempt');
    const delays = eventsOf<Retried>(consumer, 'retried').map(({ delayMs }) => delayMs);
    ensure(delays.join() === '10,20,25,25', `at 10 ms, and 25 at most, it waited ${showValue(delays)}`);
  },

  'gives back what is not settled when a consumer leaves, and aborts its handlers': async (trial) => {
    const [first, second] = [trial.connect(), trial.connect()];
    const aborted = trial.log<string>();
    const leaving = await trial.consume(first, {
      concurrency: 2,
      handle: ({ id }, { signal }) => {
        signal.addEventListener('abort', () => aborted.add(id));
        return new Promise(() => undefined);
      },
    });
    await trial.publish(first, 'a', 'b', 'c');
    await leaving.seen.until(({ length }) => length === 2, 'two of three messages did not come');
    const staying = await trial.consume(second);
    leaving.subscription.unsubscribe();
    await aborted.until(({ length }) => length === 2, 'the handlers of a consumer that left were not aborted');
    const found = await staying.seen.until(
      ({ length }) => length >= 3,
      'what a consumer left did not come to another one',
    );
    ensure(
      [...idsOf(found)].sort().join() === 'a,b,c' && leaving.seen.all.length === 2,
      `one that had left saw ${showValue(idsOf(leaving.seen.all))}, the other one ${showValue(idsOf(found))}`,
    );
  },

  'goes on with others while one message waits for its next attempt': async (trial) => {
    const transport = trial.connect();
    const { seen } = await trial.consume(transport, {
      retryDelayMs: 200,
      handle: ({ id, attempt }) => {
        if (id === 'fails' && attempt === 1) throw new Error('once more');
      },
    });
    await trial.publish(transport, 'fails', 'a', 'b', 'last');
    const found = await seen.until(({ length }) => length >= 5, 'a message that failed did not come again');
    ensure(idsOf(found).join() === 'fails,a,b,last,fails', `they came as ${showValue(idsOf(found))}`);
  },
};

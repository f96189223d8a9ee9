import { throwError } from 'rxjs';
import type { ConsumerEvent, IncomingMessage, QueueContract } from '../contracts/transport.ts';
import { DeadLetterError } from '../contracts/transportFailure.ts';
import { ensure } from './law.ts';
import { codeOf, idsOf, type Trial, type TrialConsumer } from './messagingTrial.ts';
import { showValue } from './showValue.ts';

type DeadLettered = ConsumerEvent & { kind: 'deadLettered' };
type Retried = ConsumerEvent & { kind: 'retried' };

/** What every transport keeps of handlers that fail, and of dead letters. */
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

  'Q11 moves a message that keeps failing to the dead letters, as it came; others go on': async (trial) => {
    const transport = trial.connect();
    const consumer = await trial.consume(transport, { maxAttempts: 3, handle: poisoned });
    const message = trial.message('poison', { headers: { a: '1' }, body: new Uint8Array([0, 255, 10]) });
    await trial.done(transport.publish(message), 'the publish of poison');
    await trial.publish(transport, 'good');
    await consumer.seen.until((all) => idsOf(all).includes('good'), 'a message behind the poison did not come');
    const event = await deadLetter(consumer, 'poison');
    ensure(event.attempt === 3, `after 3 attempts it was given up, and it says ${event.attempt}`);
    ensure(event.reason.includes('poisonous'), `a handler failed, and the reason is ${showValue(event.reason)}`);
    const attempts = consumer.seen.all.filter(({ id }) => id === 'poison').length;
    ensure(attempts === 3, `with 3 attempts at most the handler was called ${attempts} times`);

    const letters = await trial.subject.deadLetters?.(trial.own('q'));
    if (letters) {
      ensure(letters.length === 1, `there are ${letters.length} dead letters of 1`);
      ensure(letters[0]!.reason.includes('poisonous'), `the reason is kept as ${showValue(letters[0]!.reason)}`);
      ensure(shownOf(letters[0]!.message) === shownOf(message), `it is kept as ${shownOf(letters[0]!.message)}`);
    }
    consumer.subscription.unsubscribe();
    const other = await trial.consume(transport);
    const moved = await trial.done(transport.redrive(trial.own('q')), 'the redrive');
    ensure(moved === 1, `there was 1 dead letter, and ${showValue(moved)} were moved`);
    const [back] = await other.seen.until(({ length }) => length === 1, 'a dead letter did not come back');
    ensure(shownOf(back!) === shownOf(message), `${shownOf(message)} came back as ${shownOf(back!)}`);
  },

  'moves a message to the dead letters at once when its handler says so': async (trial) => {
    const transport = trial.connect();
    const consumer = await trial.consume(transport, {
      handle: ({ id }) => (id === 'bad' ? Promise.reject(new DeadLetterError('of no use')) : undefined),
    });
    await trial.publish(transport, 'bad', 'good');
    await consumer.seen.until((all) => idsOf(all).includes('good'), 'a message behind it did not come');
    const event = await deadLetter(consumer, 'bad');
    ensure(event.reason === 'of no use', `the reason was "of no use", and it says ${showValue(event.reason)}`);
    ensure(event.attempt === 1, `it was given up at once, and it says attempt ${event.attempt}`);
    ensure(consumer.seen.all.length === 2, `two messages came, and it saw ${showValue(idsOf(consumer.seen.all))}`);
  },

  'Q12 moves a body that is too long to the dead letters, and calls no handler': async (trial) => {
    const transport = trial.connect();
    const consumer = await trial.consume(transport, { maxBodyBytes: 10 });
    for (const [id, length] of [
      ['long', 11],
      ['fits', 10],
    ] as const) {
      await trial.done(transport.publish(trial.message(id, { body: new Uint8Array(length) })), `the publish of ${id}`);
    }
    await consumer.seen.until((all) => idsOf(all).includes('fits'), 'a body of just the length did not come');
    await deadLetter(consumer, 'long');
    ensure(consumer.seen.all.length === 1, `the handler was called for ${showValue(idsOf(consumer.seen.all))}`);
  },

  'brings dead letters back, as many as it is asked for, and they may fail as often again': async (trial) => {
    const transport = trial.connect();
    const queue = trial.own('q');
    const consumer = await trial.consume(transport, { maxAttempts: 2, handle: () => Promise.reject(new Error('no')) });
    const dead = (count: number) =>
      consumer.events.until(
        (all) => all.filter(({ kind }) => kind === 'deadLettered').length >= count,
        `there were not ${count} dead letters`,
      );
    await trial.publish(transport, 'a', 'b', 'c');
    await dead(3);
    const two = await trial.done(transport.redrive(queue, { max: 2 }), 'the redrive of two');
    ensure(two === 2, `two of three dead letters were asked for, and ${showValue(two)} moved`);
    await dead(5);
    const rest = await trial.done(transport.redrive(queue), 'the redrive');
    ensure(rest === 3, `three dead letters were there, and ${showValue(rest)} moved`);
    await dead(8);
    ensure(consumer.seen.all.length === 16, `8 times 2 attempts were ${consumer.seen.all.length}`);
    consumer.subscription.unsubscribe();
    const drained = await trial.consume(transport);
    await trial.done(transport.redrive(queue), 'the redrive');
    await drained.seen.until(({ length }) => length === 3, 'the dead letters did not come back');
    const none = await trial.done(transport.redrive(queue), 'the redrive');
    ensure(none === 0, `no dead letter was left, and ${showValue(none)} moved`);
  },

  'refuses to redrive where there is no such queue': async (trial) => {
    const failure = await trial.failureOf(trial.connect().redrive(trial.own('nowhere')), 'the redrive');
    ensure(codeOf(failure) === 'queue_config', `a redrive of no queue ended with ${showValue(failure)}`);
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

function poisoned({ id }: IncomingMessage): void {
  if (id === 'poison') throw new Error('poisonous');
}

function eventsOf<E extends ConsumerEvent>({ events }: TrialConsumer, kind: E['kind']): readonly E[] {
  return events.all.filter((event): event is E => event.kind === kind);
}

async function deadLetter(consumer: TrialConsumer, id: string): Promise<DeadLettered> {
  const find = () => eventsOf<DeadLettered>(consumer, 'deadLettered').find((event) => event.id === id);
  await consumer.events.until(() => find() !== undefined, `${id} did not go to the dead letters`);
  return find()!;
}

function shownOf({ id, routingKey, contentType, headers, body }: IncomingMessage | Omit<IncomingMessage, 'attempt'>) {
  return showValue([id, routingKey, contentType, headers, [...body]]);
}

import type { ConsumerEvent, IncomingMessage } from '../contracts/transport.ts';
import { DeadLetterError } from '../contracts/transportFailure.ts';
import { ensure } from './law.ts';
import { codeOf, eventsOf, idsOf, type Trial, type TrialConsumer } from './messagingTrial.ts';
import { showValue } from './showValue.ts';

type DeadLettered = ConsumerEvent & { kind: 'deadLettered' };

/** What every transport keeps of dead letters. */
export const messagingDeadLetterRules: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
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

  'tells how many dead letters a queue has': async (trial) => {
    const transport = trial.connect();
    const queue = trial.own('q');
    const consumer = await trial.consume(transport, { maxAttempts: 1, handle: () => Promise.reject(new Error('no')) });
    const count = () => trial.done(transport.deadLetters(queue), 'the number of dead letters');
    const before = await count();
    ensure(before === 0, `there was no dead letter, and it says ${showValue(before)}`);
    await trial.publish(transport, 'a', 'b');
    await consumer.events.until(
      (all) => all.filter(({ kind }) => kind === 'deadLettered').length === 2,
      'there were not 2 dead letters',
    );
    const two = await count();
    ensure(two === 2, `there were 2 dead letters, and it says ${showValue(two)}`);
    consumer.subscription.unsubscribe();
    await trial.consume(transport);
    await trial.done(transport.redrive(queue), 'the redrive');
    const none = await count();
    ensure(none === 0, `both were moved back, and it says ${showValue(none)}`);
    const failure = await trial.failureOf(transport.deadLetters(trial.own('nowhere')), 'the number of no queue');
    ensure(codeOf(failure) === 'queue_config', `the number of no queue ended with ${showValue(failure)}`);
  },

  'refuses to redrive where there is no such queue': async (trial) => {
    const failure = await trial.failureOf(trial.connect().redrive(trial.own('nowhere')), 'the redrive');
    ensure(codeOf(failure) === 'queue_config', `a redrive of no queue ended with ${showValue(failure)}`);
  },
};

function poisoned({ id }: IncomingMessage): void {
  if (id === 'poison') throw new Error('poisonous');
}

async function deadLetter(consumer: TrialConsumer, id: string): Promise<DeadLettered> {
  const find = () => eventsOf<DeadLettered>(consumer, 'deadLettered').find((event) => event.id === id);
  await consumer.events.until(() => find() !== undefined, `${id} did not go to the dead letters`);
  return find()!;
}

function shownOf({ id, routingKey, contentType, headers, body }: IncomingMessage | Omit<IncomingMessage, 'attempt'>) {
  return showValue([id, routingKey, contentType, headers, [...body]]);
}

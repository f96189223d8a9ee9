import { toArray } from 'rxjs';
import type { OutgoingMessage } from '../contracts/transport.ts';
import { ensure } from './law.ts';
import { codeOf, idsOf, type Trial } from './messagingTrial.ts';
import { showValue } from './showValue.ts';

const LAST = 'last';

/** Messages that no broker can carry. */
const IMPOSSIBLE: readonly (readonly [string, Partial<OutgoingMessage>])[] = [
  ...['', '.', 'a..b', '.a', 'a.', 'a b', 'a.*', '#', 'a#', 'line\nend', 'x'.repeat(256), 'é'.repeat(128)].map(
    (routingKey) => [`the routing key ${showValue(routingKey)}`, { routingKey }] as const,
  ),
  ...['', 'x'.repeat(129), 'é', 'line\nend'].map((id) => [`the id ${showValue(id)}`, { id }] as const),
  ['no content type', { contentType: '' }],
  ['33 headers', { headers: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`h${i}`, ''])) }],
  ['a header of 1 025 bytes', { headers: { long: 'x'.repeat(1_025) } }],
  ['a header without a name', { headers: { '': 'x' } }],
  ['half a surrogate pair in a header', { headers: { half: '\ud800' } }],
];

/** What every transport keeps of what is published. */
export const messagingPublishRules: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  'brings a message as it was': async (trial) => {
    const transport = trial.connect();
    const { seen } = await trial.consume(transport, { concurrency: 4 });
    const messages = [
      trial.message('plain'),
      trial.message('!#$%&*() "~', { contentType: 'application/octet-stream', body: new Uint8Array(0) }),
      trial.message('x'.repeat(128), { body: Uint8Array.from({ length: 70_000 }, (_, i) => i % 256) }),
      trial.message('headers', {
        headers: { a: '', É: '\u{1f600}\r\n"', ['n'.repeat(255)]: 'v'.repeat(1_024), constructor: '1' },
      }),
    ];
    for (const message of messages) await trial.done(transport.publish(message), `the publish of ${message.id}`);
    const found = await seen.until(({ length }) => length >= messages.length, 'not all messages came');
    for (const message of messages) {
      const same = found.find(({ id }) => id === message.id);
      ensure(same !== undefined, `${showValue(message.id)} did not come`);
      ensure(same.attempt === 1, `${showValue(message.id)} came as attempt ${same.attempt}`);
      ensure(showOf(same) === showOf(message), `${showOf(message)} came as ${showOf(same)}`);
    }
  },

  'does nothing before it is subscribed to': async (trial) => {
    const transport = trial.connect();
    const { seen } = await trial.consume(transport);
    void transport.publish(trial.message('never'));
    void transport.redrive(trial.own('q'));
    void transport.close();
    await trial.publish(transport, LAST);
    const found = await seen.until((all) => idsOf(all).includes(LAST), 'the one that was published did not come');
    ensure(found.length === 1, `nobody had subscribed, and ${showValue(idsOf(found))} came`);
  },

  'Q3 errors with UnroutableError when no queue is bound': async (trial) => {
    const transport = trial.connect();
    const { seen } = await trial.consume(transport);
    const { id, ...facts } = trial.message('nowhere', { routingKey: trial.own('other') });
    const failure = await trial.failureOf(transport.publish({ id, ...facts }), 'the publish to no queue');
    ensure(codeOf(failure) === 'unroutable', `a publish to no queue ended with ${showValue(failure)}`);
    await trial.publish(transport, LAST);
    const found = await seen.until((all) => idsOf(all).includes(LAST), 'a routable message did not come');
    ensure(found.length === 1, `${showValue(idsOf(found))} came`);
  },

  'Q3 tells apart what is routable and what is not, among many at once': async (trial) => {
    const transport = trial.connect();
    const { seen } = await trial.consume(transport, { concurrency: 100 });
    const isOdd = (i: number) => i % 3 === 0;
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        trial.failureOf(
          transport.publish(trial.message(`${i}`, isOdd(i) ? { routingKey: trial.own('other') } : {})),
          'a publish',
        ),
      ),
    );
    outcomes.forEach((failure, i) =>
      ensure(
        codeOf(failure) === (isOdd(i) ? 'unroutable' : undefined),
        `number ${i} of many ended with ${showValue(failure)}`,
      ),
    );
    await seen.until(({ length }) => length >= 40, 'not all that were confirmed came');
  },

  'J3 refuses what no broker can carry with InvalidMessageError, and goes on': async (trial) => {
    const transport = trial.connect();
    const { seen } = await trial.consume(transport);
    for (const [what, facts] of IMPOSSIBLE) {
      const failure = await trial.failureOf(transport.publish(trial.message('bad', facts)), `the publish with ${what}`);
      ensure(codeOf(failure) === 'invalid_message', `a publish with ${what} ended with ${showValue(failure)}`);
    }
    await trial.publish(transport, LAST);
    const found = await seen.until((all) => idsOf(all).includes(LAST), 'a good message did not come');
    ensure(found.length === 1, `${showValue(idsOf(found))} came`);
  },

  'takes the message as it is at the publish, and gives each attempt one of its own': async (trial) => {
    const transport = trial.connect();
    const bodies: string[] = [];
    const { seen } = await trial.consume(transport, {
      handle: ({ body, attempt }) => {
        bodies.push(new TextDecoder().decode(body));
        body.fill(0);
        if (attempt === 1) throw new Error('once more');
      },
    });
    const message = trial.message('mine');
    const publishing = trial.done(transport.publish(message), 'a publish');
    message.body.fill(1);
    await publishing;
    await seen.until(({ length }) => length >= 2, 'there was no second attempt');
    ensure(bodies.join() === 'mine,mine', `the body was changed after the publish, and came as ${showValue(bodies)}`);
  },

  'does not take a message back from a publisher that leaves': async (trial) => {
    const transport = trial.connect();
    const { seen } = await trial.consume(transport);
    transport
      .publish(trial.message('left'))
      .subscribe({ error: () => undefined })
      .unsubscribe();
    await trial.publish(transport, LAST);
    await seen.until((all) => idsOf(all).includes('left'), 'the message of one that left did not come');
  },

  'tells how its connection stands: connected, and closed at the end': async (trial) => {
    const transport = trial.connect();
    const told = trial.done(transport.state$.pipe(toArray()), 'the states of a transport that is closed');
    await trial.consume(transport);
    await trial.done(transport.close(), 'the close');
    const states = (await told) ?? [];
    ensure(states.includes('connected'), `it consumed, and was ${showValue(states)}`);
    ensure(states.at(-1) === 'closed', `it was closed, and was ${showValue(states)}`);
    const late = await trial.done(transport.state$, 'the states of a closed transport');
    ensure(late === 'closed', `somebody who came after it was closed heard ${showValue(late)}`);
  },
};

function showOf({ id, routingKey, contentType, headers, body }: OutgoingMessage): string {
  const sorted = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([id, routingKey, contentType, sorted, [...body]]);
}

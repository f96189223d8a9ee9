import { gate } from './gate.ts';
import { ensure } from './law.ts';
import { codeOf, idsOf, type Trial } from './messagingTrial.ts';
import { showValue } from './showValue.ts';

/** What every transport keeps of its end, and of contracts that no queue can have. */
export const messagingEndRules: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  'Q18 lets handlers finish at a close, and settles them': async (trial) => {
    const [first, second] = [trial.connect(), trial.connect()];
    const shut = gate();
    const closing = await trial.consume(first, { handle: () => shut.opened });
    await trial.publish(first, 'running', 'waiting');
    await closing.seen.until(({ length }) => length === 1, 'a message did not come');
    let isClosed = false;
    const closed = trial.done(first.close(), 'the close').then(() => (isClosed = true));
    const staying = await trial.consume(second);
    await staying.seen.until((all) => idsOf(all).includes('waiting'), 'what waits did not go to another consumer');
    ensure(!isClosed, 'it was closed while a handler was running');
    shut.open();
    await closed;
    await closing.events.until((all) => all.at(-1)?.kind === 'completed', 'a consumer did not complete at the close');
    await trial.publish(second, 'last');
    const found = await staying.seen.until((all) => idsOf(all).includes('last'), 'a message did not come');
    ensure(
      idsOf(found).join() === 'waiting,last',
      `a handler finished at the close, and ${showValue(idsOf(found))} came`,
    );
  },

  'Q18 lets handlers publish while it closes': async (trial) => {
    const [first, second] = [trial.connect(), trial.connect()];
    const shut = gate();
    const outcomes = await trial.consume(second, { name: trial.own('outcomes'), bindings: [trial.own('outcome')] });
    const closing = await trial.consume(first, {
      handle: async () => {
        await shut.opened;
        await trial.done(first.publish(trial.message('outcome', { routingKey: trial.own('outcome') })), 'a publish');
      },
    });
    await trial.publish(first, 'order');
    await closing.seen.until(({ length }) => length === 1, 'a message did not come');
    const closed = trial.done(first.close(), 'the close');
    shut.open();
    await closed;
    await outcomes.seen.until(({ length }) => length === 1, 'what a handler published at the close did not come');
  },

  'Q18 gives up at the deadline: aborts handlers and gives their messages back': async (trial) => {
    const [first, second] = [trial.connect(), trial.connect()];
    const aborted = trial.log<true>();
    const closing = await trial.consume(first, {
      handle: (_, { signal }) => {
        signal.addEventListener('abort', () => aborted.add(true));
        return new Promise(() => undefined);
      },
    });
    await trial.publish(first, 'hangs');
    await closing.seen.until(({ length }) => length === 1, 'a message did not come');
    await trial.done(first.close({ deadlineMs: 30 }), 'a close with a deadline');
    await aborted.until(({ length }) => length === 1, 'a handler was not aborted at the deadline');
    const { seen } = await trial.consume(second);
    await seen.until((all) => idsOf(all).includes('hangs'), 'what a handler did not finish did not come again');
  },

  'Q1 leaves nothing pending after a close, and takes nothing any more': async (trial) => {
    const transport = trial.connect();
    const consumer = await trial.consume(transport, { concurrency: 100 });
    const publishing = Promise.all(
      Array.from({ length: 50 }, (_, i) => trial.failureOf(transport.publish(trial.message(`${i}`)), 'a publish')),
    );
    const results = await Promise.all([
      trial.done(transport.close(), 'the close'),
      trial.done(transport.close(), 'a second close'),
      publishing,
    ]);
    for (const failure of results[2]) {
      const code = codeOf(failure);
      ensure([undefined, 'closed'].includes(code as string), `a publish ended at the close with ${showValue(failure)}`);
    }
    await consumer.events.until((all) => all.at(-1)?.kind === 'completed', 'a consumer did not complete at the close');
    const late = {
      publish: transport.publish(trial.message('late')),
      consume: transport.consume({ kind: 'durable', name: trial.own('q'), bindings: [], handle: () => undefined }),
      redrive: transport.redrive(trial.own('q')),
    };
    for (const [call, call$] of Object.entries(late)) {
      const failure = await trial.failureOf(call$, `a ${call} after the close`);
      ensure(codeOf(failure) === 'closed', `a ${call} after the close ended with ${showValue(failure)}`);
    }
    await trial.done(transport.close(), 'a close after the close');
  },

  'Q2 keeps what it has confirmed beyond its end': async (trial) => {
    const [first, second] = [trial.connect(), trial.connect()];
    const consumer = await trial.consume(first, { handle: () => new Promise(() => undefined) });
    consumer.subscription.unsubscribe();
    const ids = Array.from({ length: 30 }, (_, i) => `${i}`);
    const outcomes = ids.map((id) => trial.failureOf(first.publish(trial.message(id)), 'a publish'));
    await trial.done(first.close(), 'the close');
    const failures = await Promise.all(outcomes);
    const confirmed = ids.filter((_, i) => failures[i] === undefined);
    const { seen } = await trial.consume(second, { concurrency: 10 });
    await seen.until(
      (all) => confirmed.every((id) => idsOf(all).includes(id)),
      `not all of ${confirmed.length} confirmed messages came`,
    );
  },

  'throws OptionError at the call for a contract that no queue can have': (trial) => {
    const transport = trial.connect();
    const fine = { kind: 'durable' as const, name: 'q', bindings: ['a'], handle: () => undefined };
    const impossible = {
      'no name': { name: '' },
      'a name with a space': { name: 'a b' },
      'a name that is too long': { name: 'x'.repeat(129) },
      'an empty binding': { bindings: [''] },
      'a binding that is too long': { bindings: ['x'.repeat(256)] },
      'half a pattern': { bindings: ['a#'] },
      'concurrency 0': { concurrency: 0 },
      'half a concurrency': { concurrency: 1.5 },
      'no attempt': { maxAttempts: 0 },
      'a negative delay': { retryDelayMs: -1 },
      'a delay that is no number': { maxRetryDelayMs: NaN },
      'a negative length': { maxBodyBytes: -1 },
    };
    for (const [what, change] of Object.entries(impossible)) {
      let code: unknown;
      try {
        void transport.consume({ ...fine, ...change });
      } catch (thrown) {
        code = codeOf(thrown);
      }
      ensure(code === 'invalid_option', `a contract with ${what} was taken, or threw ${showValue(code)}`);
    }
    return Promise.resolve();
  },
};

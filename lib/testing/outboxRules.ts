import { concat, firstValueFrom, from, map, NEVER, throwError } from 'rxjs';
import { gate } from './gate.ts';
import { ensure } from './law.ts';
import { append, done, holds, messageOf, relay, sendAll, sent, shown } from './outboxProbes.ts';
import type { OutboxSubject } from './outboxSubject.ts';
import { showValue } from './showValue.ts';

/** Rejects when the outbox, which is empty, breaks it. */
type Rule = (subject: OutboxSubject) => Promise<void>;

/** What every outbox keeps. */
export const outboxRules: Readonly<Record<string, Rule>> = {
  'hands out what was committed, as it was and in order': async (subject) => {
    const messages = [
      messageOf('a', { headers: { a: '', É: '\u{1f600}\u0000"' }, body: new Uint8Array([0, 255, 10]) }),
      messageOf('b', { body: new Uint8Array(0), routingKey: 'é.b', contentType: 'text/plain; charset=utf-8' }),
      messageOf('a'), // an id may come again
      messageOf('c', { body: Uint8Array.from({ length: 100_000 }, (_, i) => i % 256) }),
    ];
    await append(subject, ...messages.slice(0, 2));
    await append(subject);
    await append(subject, ...messages.slice(2));
    const { turn, handed } = await relay(subject);
    ensure(turn.kind === 'relayed' && turn.count === 4, `four messages were sent, and it was ${showValue(turn)}`);
    ensure(shown(handed) === shown(messages), `it was given ${shown(messages)}, and handed out ${shown(handed)}`);
  },

  'hands out nothing of a transaction that was rolled back': async (subject) => {
    const failure = new Error('rolled back');
    const rollingBack = subject.transaction(async (transaction) => {
      await done(subject.outbox.append(transaction, [messageOf('never')]));
      throw failure;
    });
    const caught = await rollingBack.catch((error: unknown) => error);
    ensure(caught === failure, `the transaction ended with ${showValue(caught)}`);
    await holds(subject, [], 'a transaction was rolled back');
  },

  'hands out nothing before it is committed': async (subject) => {
    await subject.transaction(async (transaction) => {
      await done(subject.outbox.append(transaction, [messageOf('a')]));
      const { turn } = await relay(subject);
      ensure(turn.kind === 'idle', `a transaction was open, and a turn was ${showValue(turn)}`);
    });
    await holds(subject, ['a'], 'a transaction was committed');
  },

  'does nothing before it is subscribed to': async (subject) => {
    await subject.transaction(async (transaction) => {
      void subject.outbox.append(transaction, [messageOf('never')]);
      await done(subject.outbox.append(transaction, [messageOf('a')]));
    });
    void subject.outbox.turn(10, sendAll);
    void subject.outbox.redrive();
    await holds(subject, ['a'], 'append was called, and nobody had subscribed');
  },

  'forgets what was sent, and that alone': async (subject) => {
    await append(subject, ...['a', 'b', 'c', 'd', 'e'].map((id) => messageOf(id)));
    const failure = new Error('lost');
    const caught = await firstValueFrom(
      subject.outbox.turn(10, (messages) =>
        concat(
          sendAll(messages.slice(0, 2)),
          throwError(() => failure),
        ),
      ),
    ).catch((error: unknown) => error);
    ensure(caught === failure, `a turn that failed after two messages ended with ${showValue(caught)}`);
    await holds(subject, ['c', 'd', 'e'], 'a turn failed after two of five messages');
    await holds(subject, [], 'all were sent');
  },

  'keeps in mind what was sent when a turn is left': async (subject) => {
    await append(subject, messageOf('a'), messageOf('b'));
    const begun = gate();
    const turn$ = subject.outbox.turn(10, (messages) => {
      begun.open();
      return concat(sendAll(messages.slice(0, 1)), NEVER);
    });
    const leaving = turn$.subscribe({ error: () => undefined });
    await begun.opened;
    leaving.unsubscribe();
    await holds(subject, ['b'], 'a turn was left after one of two messages');
  },

  'hands out as many as it is asked for, and says when there may be more': async (subject) => {
    await append(subject, ...['a', 'b', 'c'].map((id) => messageOf(id)));
    const turns = [await relay(subject, 2), await relay(subject, 2), await relay(subject, 2)];
    const ids = turns.map(({ handed }) => handed.map(({ id }) => id).join(''));
    ensure(ids.join() === 'ab,c,', `three messages came, two at a time, as ${showValue(ids)}`);
    const fulls = turns.map(({ turn }) => (turn.kind === 'relayed' ? turn.isFull : turn.kind));
    ensure(fulls.join() === 'true,false,idle', `a full turn, half a turn and an empty one were ${showValue(fulls)}`);
  },

  'lets one at a time relay': async (subject) => {
    await append(subject, messageOf('a'), messageOf('b'));
    const begun = gate();
    const shut = gate();
    const first = firstValueFrom(
      subject.outbox.turn(1, (messages) => {
        begun.open();
        return from(shut.opened).pipe(map(() => sent(messages[0]!)));
      }),
    );
    await begun.opened;
    const others = await Promise.all([relay(subject), relay(subject)]);
    for (const { turn, handed } of others) {
      ensure(turn.kind === 'busy', `while one relayed, a turn of another one was ${showValue(turn)}`);
      ensure(handed.length === 0, `while one relayed, another one was handed ${shown(handed)}`);
    }
    shut.open();
    await first;
    await holds(subject, ['b'], 'one of two was relayed');
  },

  'sets aside what it is told to, and brings it back before all others': async (subject) => {
    await append(subject, ...['a', 'b', 'c'].map((id) => messageOf(id)));
    await firstValueFrom(
      subject.outbox.turn(2, (messages) =>
        from(messages).pipe(map((message) => ({ kind: 'setAside' as const, message, reason: 'no queue\u0000' }))),
      ),
    );
    await holds(subject, ['c'], 'two of three messages were set aside');
    await append(subject, messageOf('d'));
    const count = await done(subject.outbox.redrive());
    ensure(count === 2, `two messages were set aside, and ${showValue(count)} came back`);
    await holds(subject, ['a', 'b', 'd'], 'what was set aside was brought back');
    const none = await done(subject.outbox.redrive());
    ensure(none === 0, `nothing was set aside, and ${showValue(none)} came back`);
  },

  'refuses what no transport can carry, and keeps none of what came with it': async (subject) => {
    await subject.transaction(async (transaction) => {
      const bad = messageOf('bad', { routingKey: 'a.*' });
      const failure = await done(subject.outbox.append(transaction, [messageOf('good'), bad])).catch(
        (error: unknown) => error,
      );
      const code = failure instanceof Error && 'code' in failure ? failure.code : failure;
      ensure(code === 'invalid_message', `an append with a bad message ended with ${showValue(failure)}`);
    });
    await holds(subject, [], 'a good message was appended together with a bad one');
  },

  'takes messages as they are at the append': async (subject) => {
    const body = new Uint8Array([1, 2, 3]);
    const headers: Record<string, string> = { a: '1' };
    await append(subject, messageOf('a', { body, headers }));
    body.fill(0);
    headers['a'] = '2';
    const { handed } = await relay(subject);
    const wanted = shown([messageOf('a', { body: new Uint8Array([1, 2, 3]), headers: { a: '1' } })]);
    ensure(shown(handed) === wanted, `a message was changed after the append, and came as ${shown(handed)}`);
  },
};

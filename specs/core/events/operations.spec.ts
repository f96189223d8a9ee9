import { concat, defer, EMPTY, NEVER, of, throwError, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createMemoryBroker, type MemoryBroker } from '../../../lib/adapters/memory/createMemoryBroker.ts';
import type { Transport } from '../../../lib/contracts/transport.ts';
import { DeadLetterError, OutboxFullError, PublishError } from '../../../lib/contracts/transportFailure.ts';
import type { BusOptions, CommandHandler } from '../../../lib/core/events/bus.ts';
import { createAppliedIds } from '../../../lib/core/events/createAppliedIds.ts';
import { createBus } from '../../../lib/core/events/createBus.ts';
import { createOperations } from '../../../lib/core/events/createOperations.ts';
import type { Operations, OperationsOptions } from '../../../lib/core/events/operations.ts';
import { createInbox } from '../../../lib/core/messaging/createInbox.ts';
import { record } from '../../support/record.ts';
import { virtually } from '../../support/virtually.ts';
import { countedIds, Deposit, Deposited, messages, RefusedDepositError } from './support/account.ts';
import { rawEnvelope, rawMessage } from './support/raw.ts';

type Handle = CommandHandler<{ account: string; amount: number }>['handle'];

const TEN = { account: 'a', amount: 10 };

function serve(
  broker: MemoryBroker,
  handle: Handle,
  options: Partial<BusOptions<undefined>> & Partial<CommandHandler<unknown>> = {},
) {
  const { retry, timeoutMs, concurrency, ...rest } = options;
  const bus = createBus({ service: 'bank', transport: broker.connect(), messages, newId: countedIds('m'), ...rest });
  bus.handle(Deposit, { handle, retry, timeoutMs, concurrency });
  const consuming = bus.consume().subscribe();
  return { bus, consuming };
}

/** Its operations are called op-1, op-2 …; op-0 is in the name of its queue. */
function operationsOn(transport: Transport, options: Partial<OperationsOptions> = {}): Operations {
  const operations = createOperations({ service: 'api', transport, messages, newId: countedIds('op', 0), ...options });
  operations.consume().subscribe();
  return operations;
}

describe('an operation', () => {
  it('C1 is accepted when its command is confirmed, and succeeds when its handler completes', () => {
    const changes: unknown[] = [];
    const seen = virtually((time) => {
      const broker = createMemoryBroker();
      serve(broker, () => timer(50));
      const operations = operationsOn(broker.connect());
      operations.changes$.subscribe(({ operation, tenant }) => changes.push([operation.state, tenant, time.now()]));
      return record(operations.submit(Deposit, TEN, { tenant: 'acme' }));
    });
    expect(seen).toEqual([
      { id: 'op-1', command: 'account.deposit', state: 'accepted', createTime: 1_000 },
      'complete',
    ]);
    expect(changes).toEqual([
      ['accepted', 'acme', 0],
      ['succeeded', 'acme', 50],
    ]);
  });

  it.each<[string, Handle, object]>([
    [
      'a typed error',
      () => {
        throw new RefusedDepositError('no such account');
      },
      { code: 'refused_deposit', message: 'no such account' },
    ],
    [
      'an error that may tell of our inside',
      () => throwError(() => new Error('password=secret')),
      { code: 'internal', message: expect.not.stringContaining('secret') as string },
    ],
    ['something that is no error', () => throwError(() => 'no'), { code: 'internal' }],
    ['a handler that takes too long', () => NEVER, { code: expect.stringMatching(/^[a-z_]+$/) as string }],
    [
      'a dead letter',
      () => {
        throw new DeadLetterError('poison');
      },
      { code: 'dead_letter' },
    ],
  ])('C1 fails with %s', (_, handle, error) => {
    const seen = virtually((time) => {
      const broker = createMemoryBroker();
      serve(broker, handle, { timeoutMs: 100 });
      const operations = operationsOn(broker.connect());
      operations.submit(Deposit, TEN).subscribe();
      const all: unknown[] = [];
      time.at(1, () => operations.outcome('op-1').subscribe((operation) => all.push(operation)));
      return all;
    });
    expect(seen).toMatchObject([{ id: 'op-1', state: 'failed', error }]);
  });

  it('fails only when its retries are used up, and keeps code and message short', () => {
    const attempts: number[] = [];
    const seen = virtually(() => {
      const broker = createMemoryBroker();
      const failure = new RefusedDepositError('x'.repeat(10_000));
      const { bus } = serve(
        broker,
        (_, { attempt, delivery }) => {
          attempts.push(attempt, delivery);
          throw failure;
        },
        { retry: { retries: 2, delayMs: 10 } },
      );
      const failures = record(bus.errors$);
      const operations = operationsOn(broker.connect());
      operations.submit(Deposit, TEN).subscribe();
      return { failures, outcome: record(operations.outcome('op-1')) };
    });
    expect(attempts).toEqual([1, 1, 2, 1, 3, 1]);
    expect(seen.outcome).toMatchObject([{ state: 'failed', error: { message: 'x'.repeat(1_000) } }, 'complete']);
    expect(seen.failures).toMatchObject([{ name: 'HandlerError', handler: 'bank', type: 'account.deposit' }]);
  });

  it('C1, C11 expires when no outcome came in time; the command goes on, and what comes late changes nothing', () => {
    const carriedOut: unknown[] = [];
    virtually((time) => {
      const broker = createMemoryBroker();
      serve(broker, () => EMPTY).consuming.unsubscribe(); // its queue is there, and nobody reads it
      const operations = operationsOn(broker.connect(), { timeoutMs: 1_000 });
      operations.submit(Deposit, TEN).subscribe();
      const impatient = record(operations.outcome('op-1', { timeoutMs: 100 }));
      const patient = record(operations.outcome('op-1'));
      time.at(500, () => {
        expect(impatient).toMatchObject([{ name: 'TimeoutError', code: 'timeout', timeoutMs: 100 }]);
        expect(operations.get('op-1')).toMatchObject({ state: 'accepted' });
      });
      time.at(1_000, () => expect(patient).toMatchObject([{ state: 'expired', endTime: 2_000 }, 'complete']));
      time.at(2_000, () => serve(broker, (data) => void carriedOut.push(data)));
      time.at(3_000, () => {
        expect(operations.get('op-1')).toMatchObject({ state: 'expired' });
        expect(operations.stats()).toMatchObject({ accepted: 1, expired: 1, succeeded: 0, pending: 0, ignored: 1 });
      });
    });
    expect(carriedOut).toEqual([TEN]);
  });

  it('C1 is carried out by the next process when the one that had it is gone', () => {
    const deliveries: number[] = [];
    const seen = virtually((time) => {
      const broker = createMemoryBroker();
      const first = serve(broker, (_, { delivery }) => {
        deliveries.push(delivery);
        return NEVER;
      });
      const operations = operationsOn(broker.connect());
      operations.submit(Deposit, TEN).subscribe();
      time.at(10, () => first.consuming.unsubscribe());
      time.at(20, () => serve(broker, (_, { delivery }) => void deliveries.push(delivery)));
      return record(operations.outcome('op-1'));
    });
    expect(deliveries).toEqual([1, 2]);
    expect(seen).toMatchObject([{ state: 'succeeded' }, 'complete']);
  });

  it('C2 is told to whoever asks before, during and after, for as long as it is kept', () => {
    virtually((time) => {
      const broker = createMemoryBroker();
      serve(broker, () => timer(50));
      const operations = operationsOn(broker.connect(), { ttlMs: 1_000 });
      operations.submit(Deposit, TEN).subscribe();
      const asked = [record(operations.outcome('op-1'))];
      for (const ms of [49, 50, 51, 1_000]) time.at(ms, () => asked.push(record(operations.outcome('op-1'))));
      time.at(1_001, () => {
        expect(asked).toHaveLength(5);
        for (const seen of asked) expect(seen).toMatchObject([{ state: 'succeeded' }, 'complete']);
      });
      time.at(1_100, () => {
        expect(operations.get('op-1')).toBe(undefined);
        expect(record(operations.outcome('op-1'))).toMatchObject([{ code: 'unknown_operation' }]);
        expect(time.timers()).toBe(0);
      });
    });
  });

  it('C9 is known before its command is sent: an outcome that comes before the confirm counts', () => {
    const order: unknown[] = [];
    virtually((time) => {
      const broker = createMemoryBroker();
      serve(broker, () => EMPTY);
      const transport = broker.connect();
      const slow: Transport = {
        ...transport,
        publish: (message) => concat(transport.publish(message), timer(100)) as Observable<never>,
      };
      const operations = operationsOn(slow);
      operations.changes$.subscribe(({ operation }) => order.push(`${operation.state} @${time.now()}`));
      operations.submit(Deposit, TEN).subscribe(({ state }) => order.push(`submitted, ${state} @${time.now()}`));
    });
    expect(order).toEqual(['accepted @0', 'succeeded @0', 'submitted, succeeded @0']);
  });

  it('C9 waits until outcomes are heard before it sends a command', () => {
    virtually((time) => {
      const broker = createMemoryBroker();
      serve(broker, () => EMPTY);
      const operations = createOperations({
        service: 'api',
        transport: broker.connect(),
        messages,
        newId: countedIds(),
      });
      const early = record(operations.submit(Deposit, TEN));
      const never = record(operations.submit(Deposit, TEN, { timeoutMs: 100_000 }));
      time.at(10, () => {
        expect([early, never]).toEqual([[], []]);
        const consuming = operations.consume().subscribe();
        expect(early).toMatchObject([{ state: 'accepted' }, 'complete']);
        consuming.unsubscribe();
        const late = record(operations.submit(Deposit, TEN));
        time.at(5_010, () => {
          expect(late).toMatchObject([{ code: 'timeout' }]);
          expect(operations.stats()).toMatchObject({ accepted: 2, pending: 2 }); // nobody heard of their outcome
        });
      });
    });
  });

  it('C8, G9 is unknown to another tenant, as one that never was', () => {
    virtually(() => {
      const broker = createMemoryBroker();
      serve(broker, () => EMPTY);
      const operations = operationsOn(broker.connect());
      operations.submit(Deposit, TEN, { tenant: 'acme' }).subscribe();
      expect(operations.get('op-1', 'acme')).toBeDefined();
      for (const tenant of [undefined, '', 'umbrella']) {
        expect(operations.get('op-1', tenant)).toBe(undefined);
        const [foreign] = record(operations.outcome('op-1', { tenant }));
        const [unknown] = record(operations.outcome('op-x', { tenant }));
        expect(String(foreign).replace('op-1', 'op-x')).toBe(String(unknown));
      }
    });
  });

  it('C3 is one for one idempotency key: carried out once, the same answer to both', () => {
    const carriedOut: unknown[] = [];
    virtually((time) => {
      const broker = createMemoryBroker();
      serve(broker, (data) => concat(timer(50), of(carriedOut.push(data))));
      const operations = operationsOn(broker.connect());
      const key = { idempotencyKey: 'k', tenant: 'acme' };
      const submits = [0, 0, 20, 100].map(() => [] as unknown[]);
      [0, 0, 20, 100].forEach((ms, i) =>
        time.at(ms, () => operations.submit(Deposit, TEN, key).subscribe(({ id }) => submits[i]!.push(id))),
      );
      time.at(200, () => {
        expect(submits).toEqual([['op-1'], ['op-1'], ['op-1'], ['op-1']]);
        const other = record(operations.submit(Deposit, { ...TEN, amount: 11 }, key));
        expect(other).toMatchObject([{ code: 'idempotency_key_reused', operationId: 'op-1' }]); // G10
        operations.submit(Deposit, { ...TEN, amount: 12 }, { ...key, tenant: 'umbrella' }).subscribe();
      });
    });
    expect(carriedOut).toEqual([TEN, { ...TEN, amount: 12 }]);
  });

  it('C3, G10 is one for all processes that make ids of keys, and after a restart of one of them', () => {
    const carriedOut: unknown[] = [];
    virtually((time) => {
      const broker = createMemoryBroker();
      const { bus } = serve(broker, (data) => void carriedOut.push(data));
      const idOfKey = (tenant: string, key: string) => `${tenant}.${key}`;
      const key = { idempotencyKey: 'k', tenant: 'acme' };
      const ends = [0, 10, 20].map((ms, i) => {
        const end: unknown[] = [];
        time.at(ms, () => {
          const operations = operationsOn(broker.connect(), { idOfKey });
          const data = i < 2 ? TEN : { ...TEN, amount: 11 };
          operations.submit(Deposit, data, key).subscribe(({ id }) => {
            operations.outcome(id, { tenant: 'acme' }).subscribe((operation) => end.push(operation));
          });
        });
        return end;
      });
      time.at(30, () => {
        expect(ends[0]).toMatchObject([{ id: 'acme.k', state: 'succeeded' }]);
        expect(ends[1]).toMatchObject([{ id: 'acme.k', state: 'succeeded' }]);
        expect(ends[2]).toMatchObject([{ state: 'failed', error: { code: 'idempotency_key_reused' } }]);
        expect(bus.stats()).toMatchObject({ received: 3, succeeded: 3, duplicates: 2 });
      });
    });
    expect(carriedOut).toEqual([TEN]);
  });

  it('C3 is known no more when its command was not sent, and still known when nobody can tell', () => {
    virtually(() => {
      const broker = createMemoryBroker();
      const sent: string[] = [];
      const answers: unknown[] = [new OutboxFullError(1), new PublishError('m', 'timedOut', 'slow'), undefined];
      const transport: Transport = {
        ...broker.connect(),
        publish({ id }) {
          sent.push(id);
          const answer = answers.shift();
          return answer === undefined ? EMPTY : throwError(() => answer);
        },
      };
      const operations = operationsOn(transport);
      const key = { idempotencyKey: 'k' };
      expect(record(operations.submit(Deposit, TEN, key))).toMatchObject([{ code: 'outbox_full' }]);
      expect(operations.stats()).toMatchObject({ pending: 0, accepted: 0 });
      expect(record(operations.submit(Deposit, TEN, key))).toMatchObject([{ code: 'not_published' }]);
      expect(record(operations.submit(Deposit, TEN, key))).toMatchObject([{ id: 'op-2' }, 'complete']);
      expect(sent).toEqual(['op-1', 'op-2', 'op-2']);
    });
  });

  it('is refused when nobody can have it, or it is too much', () => {
    virtually(() => {
      const broker = createMemoryBroker();
      const operations = operationsOn(broker.connect(), { maxOperations: 2 });
      expect(record(operations.submit(Deposit, TEN))).toMatchObject([{ code: 'unroutable' }]);
      serve(broker, () => NEVER);
      for (let i = 0; i < 2; i++) operations.submit(Deposit, TEN).subscribe();
      expect(record(operations.submit(Deposit, TEN))).toMatchObject([{ code: 'operations_full', maxOperations: 2 }]);
      expect(() => operations.submit({ ...Deposit }, TEN)).toThrow(
        expect.objectContaining({ code: 'unknown_message' }),
      );
      expect(() => operations.submit(Deposit, { account: 'a' } as typeof TEN)).toThrow('/amount');
      expect(() => operations.submit(Deposit, TEN, { idempotencyKey: 'x'.repeat(256) })).toThrow('idempotencyKey');
      expect(record(operations.submit(Deposit, TEN, { tenant: 'a\nb' }))).toMatchObject([{ code: 'operations_full' }]);
      operations.close();
      expect(record(operations.submit(Deposit, TEN))).toMatchObject([{ code: 'closed' }]);
    });
  });

  it('is forgotten, the one that ended first, when there are too many that have ended', () => {
    virtually((time) => {
      const broker = createMemoryBroker();
      serve(broker, () => EMPTY);
      const operations = operationsOn(broker.connect(), { maxOperations: 3 });
      for (let i = 0; i < 5; i++) time.at(i, () => operations.submit(Deposit, TEN).subscribe());
      time.at(10, () => {
        const known = [1, 2, 3, 4, 5].map((i) => operations.get(`op-${i}`)?.state);
        expect(known).toEqual([undefined, undefined, 'succeeded', 'succeeded', 'succeeded']);
      });
    });
  });

  it('J7 takes an outcome for its own command and tenant alone, and none that is not one', () => {
    virtually((time) => {
      const broker = createMemoryBroker();
      serve(broker, () => NEVER);
      const operations = operationsOn(broker.connect());
      const failures = record(operations.errors$);
      operations.submit(Deposit, TEN, { tenant: 'acme' }).subscribe();
      const data = { state: 'succeeded', digest: 'guessed' };
      const outcome = (members: object) =>
        rawMessage(
          'outcomes.account.deposit',
          rawEnvelope({ type: 'outcomes.account.deposit', data, causationId: 'op-1', ...members }),
        );
      const attacker = broker.connect();
      for (const message of [
        outcome({ tenant: 'umbrella' }),
        outcome({}),
        outcome({ tenant: 'acme', causationId: 'op-7' }),
        outcome({ tenant: 'acme', type: 'outcomes.account.close' }),
      ])
        attacker.publish(message).subscribe();
      for (const message of [
        outcome({ tenant: 'acme', replyTo: 'mine' }),
        outcome({ tenant: 'acme', data: { state: 'expired', digest: '' } }),
        outcome({
          tenant: 'acme',
          data: { state: 'failed', digest: '', error: { code: 'x'.repeat(100), message: '' } },
        }),
        outcome({ tenant: 'acme', type: 'account.deposited' }),
        rawMessage('outcomes.account.deposit', 'junk'),
      ])
        attacker.publish(message).subscribe();
      time.at(10, () => {
        expect(operations.get('op-1', 'acme')).toMatchObject({ state: 'accepted' });
        expect(operations.stats()).toMatchObject({ pending: 1, ignored: 4, rejected: 5 });
        expect(failures.map((failure) => (failure as Error).name)).toEqual(Array(5).fill('RejectedMessageError'));
      });
    });
  });

  it('J7 has its outcome sent to the address of its command, whatever the command says', () => {
    virtually((time) => {
      const broker = createMemoryBroker();
      const { bus } = serve(broker, () => EMPTY);
      const heard: string[] = [];
      const ear = { kind: 'transient', name: 'ear', bindings: ['outcomes.#', 'mine.#'] } as const;
      broker
        .connect()
        .consume({ ...ear, handle: ({ routingKey }) => void heard.push(routingKey) })
        .subscribe();
      const command = (members: object, headers = {}) =>
        rawMessage('commands.account.deposit', rawEnvelope({ type: 'account.deposit', data: TEN, ...members }), {
          headers,
        });
      broker
        .connect()
        .publish(command({}, { 'reply-to': 'mine', replyTo: 'mine' }))
        .subscribe();
      broker
        .connect()
        .publish(command({ replyTo: 'mine' }))
        .subscribe();
      time.at(10, () => {
        expect(heard).toEqual(['outcomes.account.deposit']);
        expect(bus.stats()).toMatchObject({ rejected: 1, succeeded: 1 });
        expect(broker.deadLetters('bank.commands')).toHaveLength(1);
      });
    });
  });

  it('Q13, C1 is answered again, and not carried out again, when its message comes again', () => {
    const carriedOut: unknown[] = [];
    virtually((time) => {
      const broker = createMemoryBroker();
      const transport = broker.connect();
      let lost = true; // the first outcome: the broker does not answer for it
      const failing: Transport = {
        ...transport,
        publish(message) {
          if (!lost || !message.routingKey.startsWith('outcomes.')) return transport.publish(message);
          lost = false;
          return throwError(() => new PublishError(message.id, 'lost', 'gone'));
        },
      };
      serve(broker, (data) => void carriedOut.push(data), { transport: failing, retryDelayMs: 100 });
      const operations = operationsOn(broker.connect());
      operations.submit(Deposit, TEN).subscribe();
      time.at(99, () => expect(operations.get('op-1')).toMatchObject({ state: 'accepted' }));
      time.at(150, () => expect(operations.get('op-1')).toMatchObject({ state: 'succeeded', endTime: 1_100 }));
    });
    expect(carriedOut).toEqual([TEN]);
  });

  it('Q13 comes again when the inbox fails, which is no failure of the command', () => {
    const carriedOut: unknown[] = [];
    virtually((time) => {
      const broker = createMemoryBroker();
      const inner = createInbox();
      let calls = 0;
      const inbox = {
        once: (...of: Parameters<typeof inner.once>) =>
          calls++ === 0 ? throwError(() => new Error('no database')) : inner.once(...of),
      };
      const { bus } = serve(broker, (data) => void carriedOut.push(data), {
        inbox,
        retryDelayMs: 100,
        retry: { retries: 5 },
      });
      const failures = record(bus.errors$);
      const operations = operationsOn(broker.connect());
      operations.submit(Deposit, TEN).subscribe();
      time.at(150, () => {
        expect(operations.get('op-1')).toMatchObject({ state: 'succeeded' });
        expect(failures).toMatchObject([{ name: 'HandlerError', cause: { code: 'inbox_failed' } }]);
      });
    });
    expect(carriedOut).toEqual([TEN]);
  });

  it('Q11 that went to the dead letters can be carried out after all, when somebody redrives it', () => {
    const carriedOut: unknown[] = [];
    virtually((time) => {
      const broker = createMemoryBroker();
      let isBroken = true;
      serve(broker, (data) => {
        if (isBroken) throw new DeadLetterError('poison');
        carriedOut.push(data);
      });
      const operations = operationsOn(broker.connect());
      operations.submit(Deposit, TEN).subscribe();
      time.at(10, () => {
        expect(operations.get('op-1')).toMatchObject({ state: 'failed', error: { code: 'dead_letter' } });
        isBroken = false;
        broker.connect().redrive('bank.commands').subscribe();
      });
    });
    expect(carriedOut).toEqual([TEN]);
  });

  it('C12 ends with ClosedError for whoever waits, and leaves nothing behind, when operations are closed', () => {
    virtually((time) => {
      const broker = createMemoryBroker();
      serve(broker, () => NEVER);
      const transport = broker.connect();
      const operations = createOperations({ service: 'api', transport, messages, newId: countedIds('op', 0) });
      const told = [record(operations.consume()), record(operations.changes$), record(operations.errors$)];
      operations.submit(Deposit, TEN).subscribe();
      const waiting = [
        record(operations.outcome('op-1')),
        record(operations.waitUntilApplied('op-1', createAppliedIds())),
      ];
      time.at(10, () => {
        operations.close();
        operations.close();
        for (const seen of waiting) expect(seen).toMatchObject([{ code: 'closed' }]);
        for (const seen of told) expect(seen.at(-1)).toBe('complete');
        expect(time.timers()).toBe(0);
      });
    });
  });
});

describe('waitUntilApplied', () => {
  it('emits the operation once the view has applied it, whichever comes first', () => {
    const seen: string[] = [];
    virtually((time) => {
      const broker = createMemoryBroker();
      const view = createAppliedIds();
      const bus = createBus({ service: 'bank', transport: broker.connect(), messages, newId: countedIds('m') });
      bus.handle(Deposit, { handle: (data, { publish }) => concat(publish(Deposited, data), timer(data.amount)) });
      bus.on(Deposited, {
        id: 'view',
        handle: (_, { message }) =>
          concat(
            timer(50),
            defer(() => {
              view.applied(message.correlationId);
              return EMPTY;
            }),
          ),
      });
      bus.consume().subscribe();
      const operations = operationsOn(broker.connect());
      [0, 100].forEach((amount, i) => {
        operations.submit(Deposit, { ...TEN, amount }).subscribe(({ id }) => {
          operations.waitUntilApplied(id, view).subscribe(({ state }) => seen.push(`${i} ${state} @${time.now()}`));
        });
      });
    });
    expect(seen).toEqual(['0 succeeded @50', '1 succeeded @100']);
  });

  it('C11 emits a failure without a view, and leaves the operation alone when the view is too late', () => {
    virtually((time) => {
      const broker = createMemoryBroker();
      serve(broker, ({ amount }) => {
        if (amount < 0) throw new RefusedDepositError('no');
      });
      const operations = operationsOn(broker.connect());
      operations.submit(Deposit, { ...TEN, amount: -1 }).subscribe();
      operations.submit(Deposit, TEN).subscribe();
      const view = createAppliedIds();
      const failed = record(operations.waitUntilApplied('op-1', view));
      const late = record(operations.waitUntilApplied('op-2', view, { timeoutMs: 100 }));
      const foreign = record(operations.waitUntilApplied('op-2', view, { tenant: 'acme' }));
      time.at(200, () => {
        expect(failed).toMatchObject([{ state: 'failed' }, 'complete']);
        expect(late).toMatchObject([{ code: 'timeout', what: expect.stringContaining('view') as string }]);
        expect(foreign).toMatchObject([{ code: 'unknown_operation' }]);
        expect(operations.get('op-2')).toMatchObject({ state: 'succeeded' });
      });
    });
  });
});

describe('applied ids', () => {
  it('are remembered for a time and up to a number, and whoever waits is told once', () => {
    virtually((time) => {
      const applied = createAppliedIds({ maxIds: 2, maxAgeMs: 100 });
      const early = [record(applied.whenApplied('a')), record(applied.whenApplied('a'))];
      const left = applied.whenApplied('b').subscribe();
      left.unsubscribe();
      applied.applied('a');
      expect(early).toEqual([['complete'], ['complete']]);
      expect(record(applied.whenApplied('a'))).toEqual(['complete']);
      applied.applied('b');
      applied.applied('c');
      expect(record(applied.whenApplied('a'))).toEqual([]);
      time.at(99, () => expect(record(applied.whenApplied('c'))).toEqual(['complete']));
      time.at(100, () => expect(record(applied.whenApplied('c'))).toEqual([]));
    });
  });
});

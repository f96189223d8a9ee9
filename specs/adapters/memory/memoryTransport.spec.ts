import fc from 'fast-check';
import { concat, defer, EMPTY, ignoreElements, NEVER, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../../lib/adapters/memory/createMemoryBroker.ts';
import { memoryTransport } from '../../../lib/adapters/memory/memoryTransport.ts';
import type { QueueContract, Transport } from '../../../lib/contracts/transport.ts';
import { DeadLetterError } from '../../../lib/contracts/transportFailure.ts';
import { OptionError } from '../../../operators/errors.ts';
import { messageOf } from '../../support/messages.ts';
import { record } from '../../support/record.ts';
import { runs } from '../../support/seed.ts';
import { virtually } from '../../support/virtually.ts';

// What it has in common with every transport is in messagingLaws: specs/testing/messagingLaws.spec.ts.

const never = () => NEVER;
const after = (ms: number) => timer(ms).pipe(ignoreElements());

function consume(transport: Transport, contract: Partial<QueueContract> = {}): unknown[] {
  return record(
    transport.consume({ kind: 'durable', name: 'q', bindings: ['#'], handle: () => undefined, ...contract }),
  );
}

describe('memoryTransport', () => {
  it('runs no handler within a publish, and each of them in virtual time', () => {
    const seen: unknown[] = [];
    virtually((time) => {
      const transport = memoryTransport();
      consume(transport, { handle: ({ id }) => void seen.push([id, time.now()]) });
      time.at(10, () => {
        record(transport.publish(messageOf('a')));
        expect(seen).toEqual([]);
      });
    });
    expect(seen).toEqual([['a', 10]]);
  });

  it('Q7 waits before a message comes again, twice as long each time, and goes on with others', () => {
    const seen: unknown[] = [];
    const events = virtually((time) => {
      const transport = memoryTransport();
      const told = consume(transport, {
        retryDelayMs: 100,
        maxRetryDelayMs: 300,
        handle: ({ id, attempt }) => {
          seen.push([id, attempt, time.now()]);
          if (id === 'a') throw new Error('no luck');
        },
      });
      record(transport.publish(messageOf('a')));
      time.at(50, () => record(transport.publish(messageOf('b'))));
      return told;
    });
    expect(seen).toEqual([
      ['a', 1, 0],
      ['b', 1, 50],
      ['a', 2, 100],
      ['a', 3, 300],
      ['a', 4, 600],
      ['a', 5, 900],
    ]);
    expect(events.slice(1).map((event) => (event as { kind: string }).kind)).toEqual([
      'retried',
      'retried',
      'retried',
      'retried',
      'deadLettered',
    ]);
  });

  it('Q6 lets publishes wait while a queue is full, tells that it is blocked, and refuses beyond its outbox', () => {
    const seen: string[] = [];
    virtually((time) => {
      const transport = createMemoryBroker({ maxQueueMessages: 2, outboxSize: 2 }).connect();
      const states = record(transport.state$);
      consume(transport, {
        handle: ({ id }) =>
          concat(
            after(10),
            defer(() => (seen.push(id), EMPTY)),
          ),
      });
      const published = ['a', 'b', 'c', 'd', 'e'].map((id) => record(transport.publish(messageOf(id))));
      expect(published).toMatchObject([['complete'], ['complete'], [], [], [{ code: 'outbox_full', size: 2 }]]);
      time.at(15, () => expect(published[2]).toEqual(['complete']));
      time.at(100, () => {
        expect(published[3]).toEqual(['complete']);
        expect(states).toEqual(['connected', 'blocked', 'connected']);
      });
    });
    expect(seen).toEqual(['a', 'b', 'c', 'd']);
  });

  it('Q6 keeps the order of what waits, also past one that would have room', () => {
    const seen: string[] = [];
    virtually(() => {
      const transport = createMemoryBroker({ maxQueueMessages: 1 }).connect();
      const handle: QueueContract['handle'] = ({ id }) =>
        concat(
          after(10),
          defer(() => (seen.push(id), EMPTY)),
        );
      consume(transport, { bindings: ['slow'], handle });
      consume(transport, { name: 'other', bindings: ['other'], handle: ({ id }) => void seen.push(id) });
      for (const id of ['a', 'b']) record(transport.publish(messageOf(id, { routingKey: 'slow' })));
      record(transport.publish(messageOf('c', { routingKey: 'other' })));
    });
    expect(seen).toEqual(['a', 'c', 'b']);
  });

  it('Q6 lets no transport of a broker wait for ever behind another one', () => {
    const confirmed: string[] = [];
    virtually(() => {
      const broker = createMemoryBroker({ maxQueueMessages: 1 });
      const [first, second] = [broker.connect(), broker.connect()];
      consume(first, { handle: () => after(1) });
      for (const [name, transport] of [
        ['1', first],
        ['2', second],
      ] as const) {
        for (let i = 0; i < 10; i++) {
          transport.publish(messageOf(`${i}`)).subscribe({ complete: () => confirmed.push(name) });
        }
      }
    });
    expect(confirmed.slice(1, 9)).toEqual(['1', '2', '1', '2', '1', '2', '1', '2']);
    expect(confirmed).toHaveLength(20);
  });

  it('refuses at once when it is told to, and takes the message in all queues or in none', () => {
    virtually(() => {
      const broker = createMemoryBroker({ maxQueueMessages: 1, overflow: 'refuse' });
      const transport = broker.connect();
      consume(transport, { name: 'full', bindings: ['a'], handle: never });
      const other: string[] = [];
      consume(transport, { name: 'other', handle: ({ id }) => void other.push(id) });
      expect(record(transport.publish(messageOf('1', { routingKey: 'a' })))).toEqual(['complete']);
      expect(record(transport.publish(messageOf('2', { routingKey: 'a' })))).toMatchObject([
        { code: 'not_published', why: 'refused' },
      ]);
      expect(other).toEqual([]);
      record(transport.close({ deadlineMs: 0 }));
    });
  });

  it('Q1 answers for every publish that waits when it is closed', () => {
    const outcomes: unknown[][] = [];
    virtually((time) => {
      const transport = createMemoryBroker({ maxQueueMessages: 1 }).connect();
      consume(transport, { handle: never });
      for (let i = 0; i < 5; i++) outcomes.push(record(transport.publish(messageOf(`${i}`))));
      const closed = record(transport.close({ deadlineMs: 50 }));
      time.at(49, () => expect(closed).toEqual([]));
      time.at(51, () => expect(closed).toEqual(['complete']));
    });
    expect(outcomes.map(([outcome]) => (outcome as { code?: string }).code ?? outcome)).toEqual([
      'complete',
      'closed',
      'closed',
      'closed',
      'closed',
    ]);
  });

  it('keeps in the queue what the dead letters have no room for, and loses nothing', () => {
    const broker = createMemoryBroker({ maxDeadLetters: 1 });
    const kinds: string[] = [];
    virtually((time) => {
      const transport = broker.connect();
      const consuming = transport
        .consume({
          kind: 'durable',
          name: 'q',
          bindings: ['#'],
          maxRetryDelayMs: 100,
          handle: () => throwError(() => new DeadLetterError('of no use')),
        })
        .subscribe(({ kind }) => kinds.push(kind));
      for (const id of ['a', 'b']) record(transport.publish(messageOf(id)));
      time.at(250, () => consuming.unsubscribe());
      time.at(300, () => {
        expect(broker.deadLetters('q').map(({ message }) => message.id)).toEqual(['a']);
        const seen: string[] = [];
        consume(transport, { handle: ({ id }) => void seen.push(id) });
        record(transport.redrive('q'));
        time.at(500, () => expect(seen.sort()).toEqual(['a', 'b']));
      });
    });
    expect(kinds).toEqual(['consuming', 'deadLettered', 'retried', 'retried', 'retried']);
  });

  it('keeps no timer when nobody consumes, or all is closed', () => {
    const OWN = 2; // of this spec, after its first
    virtually((time) => {
      const transport = memoryTransport();
      const consuming = transport
        .consume({ kind: 'durable', name: 'q', bindings: ['#'], handle: () => throwError(() => new Error('no luck')) })
        .subscribe();
      record(transport.publish(messageOf('a')));
      time.at(1, () => {
        expect(time.timers()).toBe(OWN + 1);
        consuming.unsubscribe();
        expect(time.timers()).toBe(OWN);
        consume(transport, { handle: never });
      });
      time.at(2_000, () => {
        record(transport.close());
        expect(time.timers()).toBe(OWN - 1 + 1); // the deadline
      });
      time.at(20_000, () => expect(time.timers()).toBe(0));
    });
  });

  it('Q18 is closed at once when nothing runs, and leaves no timer', () => {
    virtually((time) => {
      const transport = memoryTransport();
      const [events, states] = [consume(transport), record(transport.state$)];
      expect(record(transport.close())).toEqual(['complete']);
      expect(events).toEqual([{ kind: 'consuming', queue: 'q' }, 'complete']);
      expect(states).toEqual(['connected', 'closed', 'complete']);
      expect(time.timers()).toBe(0);
    });
  });

  it('gives back in the order of the queue what a consumer had taken', () => {
    const seen: string[] = [];
    virtually((time) => {
      const broker = createMemoryBroker();
      const leaving = broker.connect();
      const taking = leaving
        .consume({ kind: 'durable', name: 'q', bindings: ['#'], concurrency: 3, handle: never })
        .subscribe();
      for (const id of ['a', 'b', 'c', 'd', 'e']) record(leaving.publish(messageOf(id)));
      time.at(1, () => taking.unsubscribe());
      time.at(2, () => consume(broker.connect(), { handle: ({ id, attempt }) => void seen.push(`${id}${attempt}`) }));
    });
    expect(seen).toEqual(['a2', 'b2', 'c2', 'd1', 'e1']);
  });

  it('works through many messages whose handlers are done at once, without a stack and without keeping the loop', () => {
    let count = 0;
    virtually(() => {
      const transport = memoryTransport();
      consume(transport, {
        handle: () => {
          count++;
        },
      });
      for (let i = 0; i < 50_000; i++) transport.publish(messageOf('a')).subscribe();
    });
    expect(count).toBe(50_000);
  });

  it('Q2 Q7 handles each confirmed message at least once, and once more only after a failure or a leaver', () => {
    const action = fc.record({
      at: fc.nat(100),
      kind: fc.constantFrom('publish', 'publish', 'publish', 'join', 'leave', 'close'),
    });
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 40 }),
        fc.func(fc.constantFrom('done', 'slow', 'fails')),
        (actions, fate) => {
          const confirmed: string[] = [];
          const finished: string[] = [];
          const dead = virtually((time) => {
            const broker = createMemoryBroker({ maxQueueMessages: 5, outboxSize: 5 });
            const contract: QueueContract = {
              kind: 'durable',
              name: 'q',
              bindings: ['#'],
              concurrency: 2,
              maxAttempts: 2,
              retryDelayMs: 3,
              handle: ({ id, attempt }) =>
                defer(() => {
                  const end = fate(id, attempt);
                  if (end === 'fails') throw new Error('no luck');
                  return concat(
                    end === 'slow' ? after(4) : EMPTY,
                    defer(() => (finished.push(id), EMPTY)),
                  );
                }),
            };
            broker.connect().consume(contract).subscribe().unsubscribe(); // so that the queue is there
            let transports = [broker.connect()];
            let consumers = [transports[0]!.consume(contract).subscribe()];
            let ids = 0;
            const acts = {
              publish: () => {
                const id = `${ids++}`;
                transports
                  .at(-1)!
                  .publish(messageOf(id))
                  .subscribe({ complete: () => confirmed.push(id), error: () => {} });
              },
              join: () => {
                transports.push(broker.connect());
                consumers.push(transports.at(-1)!.consume(contract).subscribe());
              },
              leave: () => consumers.shift()?.unsubscribe(),
              close: () => record(transports.shift()!.close({ deadlineMs: 2 })),
            };
            for (const { at, kind } of actions) {
              time.at(at, () => {
                if (transports.length === 0) transports = [broker.connect()];
                acts[kind]();
              });
            }
            time.at(200, () => {
              for (const consumer of consumers) consumer.unsubscribe();
              consumers = [broker.connect().consume(contract).subscribe()];
            });
            return () => broker.deadLetters('q').map(({ message }) => message.id);
          })();
          expect([...new Set([...finished, ...dead])].sort()).toEqual([...confirmed].sort());
          expect(new Set(dead).size).toBe(dead.length);
          for (const id of dead) expect(finished).not.toContain(id);
          expect(new Set(finished).size).toBe(finished.length);
        },
      ),
      runs(),
    );
  });

  it.each([
    { maxQueueMessages: 0 },
    { outboxSize: -1 },
    { maxDeadLetters: 0 },
    { exchange: 'fanout' as 'topic' },
    { overflow: 'drop' as 'wait' },
  ])('refuses %j', (options) => {
    expect(() => memoryTransport(options)).toThrow(OptionError);
  });
});

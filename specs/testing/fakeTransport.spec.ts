import { EMPTY, ignoreElements, NEVER, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../lib/adapters/memory/createMemoryBroker.ts';
import { memoryTransport } from '../../lib/adapters/memory/memoryTransport.ts';
import type { QueueContract, Transport } from '../../lib/contracts/transport.ts';
import { PublishError, UnroutableError } from '../../lib/contracts/transportFailure.ts';
import { fakeTransport } from '../../lib/testing/fakeTransport.ts';
import { messagingLaws } from '../../lib/testing/messagingLaws.ts';
import type { MessagingSubject } from '../../lib/testing/messagingSubject.ts';
import { OverflowError } from '../../operators/errors.ts';
import { messageOf } from '../support/messages.ts';
import { record } from '../support/record.ts';
import { virtually } from '../support/virtually.ts';

const after = (ms: number) => timer(ms).pipe(ignoreElements());
const kindsOf = (events: readonly unknown[]) =>
  events.map((event) => (typeof event === 'object' && event !== null && 'kind' in event ? event.kind : event));

function consume(transport: Transport, contract: Partial<QueueContract> = {}): unknown[] {
  return record(
    transport.consume({ kind: 'durable', name: 'q', bindings: ['#'], handle: () => undefined, ...contract }),
  );
}

function subject(): MessagingSubject {
  const broker = createMemoryBroker();
  const opened: Transport[] = [];
  return {
    connect: () => {
      const transport = fakeTransport(broker.connect());
      opened.push(transport);
      return transport;
    },
    release: () => opened.forEach((transport) => transport.close({ deadlineMs: 0 }).subscribe()),
    deadLetters: (queue) => Promise.resolve(broker.deadLetters(queue)),
  };
}

describe('fakeTransport', () => {
  for (const law of messagingLaws(subject)) it(`without a script: ${law.name}`, law.check);

  it('writes down what is published, and how handlers settle it', () => {
    const transport = virtually((time) => {
      const fake = fakeTransport(memoryTransport());
      consume(fake, {
        retryDelayMs: 10,
        handle: ({ attempt }) => {
          if (attempt === 1) throw new Error('not yet');
          return after(5);
        },
      });
      time.at(3, () => record(fake.publish(messageOf('a'))));
      return fake;
    });
    expect(transport.published).toMatchObject([{ message: { id: 'a' }, startedAt: 1_003, outcome: 'succeeded' }]);
    expect(transport.delivered).toMatchObject([
      { queue: 'q', message: { id: 'a', attempt: 1 }, startedAt: 1_003, outcome: 'failed', error: Error('not yet') },
      { queue: 'q', message: { id: 'a', attempt: 2 }, startedAt: 1_013, endedAt: 1_018, outcome: 'succeeded' },
    ]);
  });

  it('refuses, confirms late, finds no queue, and loses confirms, as its script says', () => {
    const seen: string[] = [];
    const outcomes = virtually((time) => {
      const transport = fakeTransport(memoryTransport(), {
        publish: (call, { id, routingKey }) =>
          (
            [
              { kind: 'failing', error: new PublishError(id, 'refused', 'no') },
              { kind: 'failing', error: new UnroutableError(id, routingKey), delayMs: 5 },
              { kind: 'late', delayMs: 7 },
              { kind: 'lost', error: new PublishError(id, 'timedOut', 'no answer') },
              { kind: 'delayed', delayMs: 20 },
            ] as const
          )[call],
      });
      consume(transport, { handle: ({ id }) => void seen.push(`${id} ${time.now()}`) });
      return ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => {
        const ends: unknown[] = [];
        transport.publish(messageOf(id)).subscribe({
          error: (error: unknown) => ends.push(`${(error as { code: string }).code} ${time.now()}`),
          complete: () => ends.push(`confirmed ${time.now()}`),
        });
        return ends;
      });
    });
    expect(outcomes).toEqual([
      ['not_published 0'],
      ['unroutable 5'],
      ['confirmed 7'],
      ['not_published 0'],
      ['confirmed 20'],
      ['confirmed 0'],
    ]);
    expect(seen).toEqual(['c 0', 'd 0', 'f 0', 'e 20']);
  });

  it('delivers late, and twice, with a body of its own each time', () => {
    const seen: string[] = [];
    virtually((time) => {
      const transport = fakeTransport(memoryTransport(), {
        deliver: (delivery) => [{ kind: 'late', delayMs: 4 } as const, { kind: 'twice' } as const][delivery],
      });
      consume(transport, {
        handle: ({ id, attempt, body }) => {
          seen.push(`${id} ${attempt} ${new TextDecoder().decode(body)} ${time.now()}`);
          body.fill(0);
          return after(1);
        },
      });
      for (const id of ['a', 'b', 'c']) record(transport.publish(messageOf(id)));
    });
    expect(seen).toEqual(['a 1 a 4', 'b 1 b 5', 'b 2 b 6', 'c 1 c 7']);
  });

  it('does not deliver once more what its handler did not take', () => {
    const seen: number[] = [];
    virtually(() => {
      const transport = fakeTransport(memoryTransport(), { deliver: () => ({ kind: 'twice' }) });
      consume(transport, {
        maxAttempts: 1,
        handle: ({ attempt }) => {
          seen.push(attempt);
          throw new Error('no');
        },
      });
      record(transport.publish(messageOf('a')));
    });
    expect(seen).toEqual([1]);
  });

  it('loses its connection, and has it again', () => {
    const seen: string[] = [];
    const { transport, states, events, later } = virtually((time) => {
      const fake = fakeTransport(memoryTransport(), {
        publish: (call) => (call === 1 ? { kind: 'hanging' } : undefined),
      });
      const publishing: { inFlight?: unknown[]; waiting?: unknown[] } = {};
      const told = consume(fake, {
        handle: ({ id }, { signal }) => {
          seen.push(`${id} ${time.now()}`);
          signal.addEventListener('abort', () => seen.push(`${id} aborted ${time.now()}`));
          return time.now() < 10 ? NEVER : EMPTY;
        },
      });
      record(fake.publish(messageOf('a')));
      publishing.inFlight = record(fake.publish(messageOf('b')));
      time.at(10, () => {
        fake.lose(new Error('gone'));
        fake.lose();
        publishing.waiting = record(fake.publish(messageOf('c')));
      });
      time.at(30, () => {
        fake.restore();
        fake.restore();
      });
      return { transport: fake, states: record(fake.state$), events: told, later: publishing };
    });
    expect(states).toEqual(['connected', 'disconnected', 'connected']);
    expect(kindsOf(events)).toEqual(['consuming', 'interrupted', 'consuming']);
    expect(later.inFlight).toMatchObject([{ code: 'not_published', why: 'lost', cause: Error('gone') }]);
    expect(later.waiting).toEqual(['complete']);
    expect(seen).toEqual(['a 0', 'a aborted 10', 'a 30', 'c 30']);
    expect(transport.delivered.map(({ outcome }) => outcome)).toEqual(['cancelled', 'succeeded', 'succeeded']);
    expect(transport.published.map(({ outcome }) => outcome)).toEqual(['succeeded', 'failed', 'succeeded']);
  });

  it('closes while its connection is lost', () => {
    const { waiting, events, states } = virtually((time) => {
      const transport = fakeTransport(memoryTransport());
      const told = consume(transport);
      const heard = record(transport.state$);
      transport.lose();
      const publishing = record(transport.publish(messageOf('a')));
      time.at(5, () => record(transport.close()));
      return { waiting: publishing, events: told, states: heard };
    });
    expect(waiting).toMatchObject([{ code: 'closed' }]);
    expect(kindsOf(events)).toEqual(['consuming', 'interrupted', 'complete']);
    expect(states).toEqual(['connected', 'disconnected', 'closed', 'complete']);
  });

  it('holds as much as it is told to, and no more', () => {
    virtually(() => {
      const transport = fakeTransport(memoryTransport(), {}, { bufferSize: 3, outboxSize: 1 });
      transport.lose();
      record(transport.publish(messageOf('a')));
      expect(record(transport.publish(messageOf('b')))).toMatchObject([{ code: 'outbox_full', size: 1 }]);
      transport.restore();
      record(transport.redrive('q'));
      expect(record(transport.publish(messageOf('c')))).toMatchObject([{ code: 'unroutable' }]);
      expect(record(transport.publish(messageOf('d')))).toEqual([new OverflowError('fakeTransport', 3)]);
    });
    expect(() => fakeTransport(memoryTransport(), {}, { bufferSize: 0 })).toThrow('bufferSize');
  });
});

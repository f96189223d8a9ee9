import fc from 'fast-check';
import { concat, defer, EMPTY, ignoreElements, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { memoryOutbox, type MemoryOutbox } from '../../../lib/adapters/memory/memoryOutbox.ts';
import { memoryTransport } from '../../../lib/adapters/memory/memoryTransport.ts';
import { PublishError } from '../../../lib/contracts/transportFailure.ts';
import { relayOutbox, type RelayOptions } from '../../../lib/core/messaging/relayOutbox.ts';
import { OptionError } from '../../../operators/errors.ts';
import { messageOf } from '../../support/messages.ts';
import { publishing } from '../../support/publishing.ts';
import { record } from '../../support/record.ts';
import { runs } from '../../support/seed.ts';
import { virtually } from '../../support/virtually.ts';

function append(outbox: MemoryOutbox, ...ids: readonly string[]): void {
  record(
    outbox.transaction((transaction) =>
      outbox.append(
        transaction,
        ids.map((id) => messageOf(id)),
      ),
    ),
  );
}

const lost = (id: string) => new PublishError(id, 'lost', 'the connection is gone');

describe('relayOutbox', () => {
  it('sends what is there and what comes, in order, and forgets what is confirmed', () => {
    const seen: string[] = [];
    const outbox = memoryOutbox();
    const events = virtually((time) => {
      const transport = memoryTransport();
      record(
        transport.consume({ kind: 'durable', name: 'q', bindings: ['#'], handle: ({ id }) => void seen.push(id) }),
      );
      append(outbox, 'a', 'b', 'c');
      const told: unknown[] = [];
      const relaying = relayOutbox(outbox, transport, { batchSize: 2, pollMs: 100 }).subscribe((event) =>
        told.push(event),
      );
      time.at(50, () => append(outbox, 'd'));
      time.at(1_000, () => relaying.unsubscribe());
      return told;
    });
    expect(seen).toEqual(['a', 'b', 'c', 'd']);
    expect(outbox.size).toBe(0);
    expect(events).toEqual([
      { kind: 'relayed', count: 2 },
      { kind: 'relayed', count: 1 },
      { kind: 'relayed', count: 1 },
    ]);
  });

  it('keeps the order while the transport is down, waits longer each time, and starts anew when it is back', () => {
    const outbox = memoryOutbox();
    const tries: string[] = [];
    const events = virtually((time) => {
      const told: unknown[] = [];
      const transport = publishing(({ id }) =>
        defer(() => {
          tries.push(`${id} ${time.now()}`);
          const isDown = time.now() < 500 || (time.now() > 2_000 && time.now() < 2_050);
          return isDown ? throwError(() => lost(id)) : EMPTY;
        }),
      );
      append(outbox, 'a', 'b');
      const options = { retryDelayMs: 100, maxRetryDelayMs: 300, pollMs: 10 };
      const relaying = relayOutbox(outbox, transport, options).subscribe((event) => told.push(event));
      time.at(2_001, () => append(outbox, 'c'));
      time.at(3_000, () => relaying.unsubscribe());
      return told;
    });
    expect(tries).toEqual([
      'a 0',
      'a 100',
      'a 300',
      'a 600',
      'b 600',
      expect.stringMatching(/^c 20/),
      expect.stringMatching(/^c 21/),
    ]);
    const delays = events.map((event) => (event as { delayMs?: number }).delayMs);
    expect(delays).toEqual([100, 200, 300, undefined, 100, undefined]);
    expect(outbox.size).toBe(0);
  });

  it('sets aside what no queue is bound to, tells so, and goes on', () => {
    const outbox = memoryOutbox();
    const seen: string[] = [];
    const events = virtually((time) => {
      const transport = memoryTransport();
      record(
        transport.consume({
          kind: 'durable',
          name: 'q',
          bindings: ['order.*'],
          handle: ({ id }) => void seen.push(id),
        }),
      );
      const messages = [messageOf('a'), messageOf('b', { routingKey: 'nobody' }), messageOf('c')];
      record(outbox.transaction((transaction) => outbox.append(transaction, messages)));
      const told: unknown[] = [];
      const relaying = relayOutbox(outbox, transport).subscribe((event) => told.push(event));
      time.at(100, () => {
        record(
          transport.consume({
            kind: 'durable',
            name: 'r',
            bindings: ['nobody'],
            handle: ({ id }) => void seen.push(id),
          }),
        );
        record(outbox.redrive());
      });
      time.at(2_000, () => relaying.unsubscribe());
      return told;
    });
    expect(events).toMatchObject([
      { kind: 'setAside', id: 'b' },
      { kind: 'relayed', count: 3 },
      { kind: 'relayed', count: 1 },
    ]);
    expect(seen).toEqual(['a', 'c', 'b']);
  });

  it('waits for confirms, for no more than its concurrency at once', () => {
    const outbox = memoryOutbox();
    let running = 0;
    let most = 0;
    virtually((time) => {
      const transport = publishing(() =>
        defer(() => {
          most = Math.max(most, ++running);
          return concat(
            timer(10).pipe(ignoreElements()),
            defer(() => {
              running--;
              return EMPTY;
            }),
          );
        }),
      );
      append(outbox, ...Array.from({ length: 20 }, (_, i) => `${i}`));
      const relaying = relayOutbox(outbox, transport, { concurrency: 4 }).subscribe();
      time.at(1_000, () => relaying.unsubscribe());
    });
    expect(most).toBe(4);
    expect(outbox.size).toBe(0);
  });

  it('lets two relays share one outbox, and nothing is sent twice while none fails', () => {
    const outbox = memoryOutbox();
    const sent: string[] = [];
    virtually((time) => {
      const transport = publishing(({ id }) => {
        sent.push(id);
        return timer(5).pipe(ignoreElements());
      });
      const relays = [0, 1].map(() => relayOutbox(outbox, transport, { batchSize: 3, pollMs: 1 }).subscribe());
      time.times(10, 7, (i) => append(outbox, `${2 * i}`, `${2 * i + 1}`));
      time.at(1_000, () => relays.forEach((relay) => relay.unsubscribe()));
    });
    expect(sent).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
  });

  it('tells when the outbox itself fails, and tries again', () => {
    const failure = new Error('no database');
    const events = virtually((time) => {
      const told: unknown[] = [];
      let calls = 0;
      const outbox = { turn: () => (calls++ === 0 ? throwError(() => failure) : of({ kind: 'busy' as const })) };
      const relaying = relayOutbox(outbox, memoryTransport()).subscribe((event) => told.push(event));
      time.at(5_000, () => relaying.unsubscribe());
      return told;
    });
    expect(events).toEqual([{ kind: 'failed', cause: failure, delayMs: 1_000 }]);
  });

  it('loses nothing and keeps the order, however often it is left and whatever fails', () => {
    const step = fc.record({ at: fc.nat(200), kind: fc.constantFrom('append', 'leave', 'down', 'up') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 3 }), (steps, batchSize) => {
        const outbox = memoryOutbox();
        const written: string[] = [];
        const arrived: string[] = [];
        virtually((time) => {
          let isDown = false;
          const transport = publishing(({ id }) =>
            concat(
              timer(2).pipe(ignoreElements()),
              defer(() => {
                if (isDown) throw lost(id);
                arrived.push(id);
                return timer(1).pipe(ignoreElements()); // it has arrived, and that is not known yet
              }),
            ),
          );
          const start = () => relayOutbox(outbox, transport, { batchSize, pollMs: 3, retryDelayMs: 2 }).subscribe();
          let relaying = start();
          const actions = {
            append: () => {
              written.push(`${written.length}`);
              append(outbox, written.at(-1)!);
            },
            leave: () => {
              relaying.unsubscribe();
              relaying = start();
            },
            down: () => void (isDown = true),
            up: () => void (isDown = false),
          };
          for (const { at, kind } of steps) time.at(at, actions[kind]);
          time.at(250, actions.up);
          const look = () => {
            if (outbox.size === 0 || time.now() >= 2_000) relaying.unsubscribe();
            else time.at(time.now() + 10, look);
          };
          time.at(251, look);
        });
        expect([...new Set(arrived)]).toEqual(written);
        expect(outbox.size).toBe(0);
      }),
      runs(),
    );
  });

  it.each<RelayOptions>([{ batchSize: 0 }, { concurrency: 0 }, { pollMs: -1 }, { retryDelayMs: NaN }])(
    'refuses %j',
    (options) => {
      expect(() => relayOutbox(memoryOutbox(), memoryTransport(), options)).toThrow(OptionError);
    },
  );
});

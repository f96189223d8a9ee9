import { concat, interval, map, NEVER, of, range, Subject, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Incoming } from '../../../lib/contracts/receiver.ts';
import { ReceiveError } from '../../../lib/contracts/receiverFailure.ts';
import { createReceiver, type ReceiverOptions } from '../../../lib/core/receivers/createReceiver.ts';
import { record } from '../../support/record.ts';
import { virtually } from '../../support/virtually.ts';
import { manual } from './support/manual.ts';

const open = (options: Partial<ReceiverOptions<number>> = {}) =>
  createReceiver<number>({ tenant: 'acme', name: 'orders', ...options });

/** Events of a queue, and what it is told of them. */
function queue() {
  const told: string[] = [];
  const incoming = (event: number): Incoming<number> => ({
    event,
    id: `event ${event}`,
    ack: () => told.push(`ack ${event}`),
    nack: ({ code }) => told.push(`nack ${event} ${code}`),
  });
  return { told, incoming };
}

describe('receive', () => {
  it('takes in plain events, and those of a source that wants to know', () => {
    virtually(({ at }) => {
      const receiver = open();
      const { told, incoming } = queue();
      const a = manual(receiver, 'a');
      receiver.receive(of(1, incoming(2), 3, incoming(4)));
      at(1, () => {
        expect(a.events()).toEqual([1, 2, 3, 4]);
        a.calls[3]!.succeed();
        a.calls[1]!.fail();
        expect(told).toEqual(['ack 4', 'nack 2 nacked']);
        receiver.unsubscribe();
      });
    });
  });

  it('R4 a source is told once, whatever comes later', () => {
    virtually(({ at }) => {
      const receiver = open({ ackTimeoutMs: 10 });
      const { told, incoming } = queue();
      const a = manual(receiver, 'a');
      const b = manual(receiver, 'b');
      receiver.receive(of(incoming(1)));
      at(5, () => a.calls[0]!.fail());
      at(20, () => b.calls[0]!.succeed());
      at(30, () => {
        receiver.unsubscribe();
        expect(told).toEqual(['nack 1 ack_timeout']);
      });
    });
  });

  it('R5 a redelivery goes to the routes that failed', () => {
    virtually(({ at }) => {
      const receiver = open();
      const { told, incoming } = queue();
      const source$ = new Subject<Incoming<number>>();
      const a = manual(receiver, 'a');
      const b = manual(receiver, 'b');
      receiver.receive(source$);
      source$.next(incoming(1));
      at(1, () => {
        a.calls[0]!.succeed();
        b.calls[0]!.fail();
        source$.next(incoming(1)); // as a broker does after a nack
      });
      at(2, () => b.calls[1]!.succeed());
      at(3, () => {
        expect([a.events(), b.events()]).toEqual([[1], [1, 1]]);
        expect(told).toEqual(['nack 1 nacked', 'ack 1']);
        receiver.unsubscribe();
      });
    });
  });

  it('a source that fails ends by itself, is told, and the others go on', () => {
    virtually(({ at }) => {
      const receiver = open();
      const errors = record(receiver.errors$);
      const a = manual(receiver, 'a');
      const failing = receiver.receive(
        concat(
          of(1),
          throwError(() => new Error('lost')),
        ),
      );
      const going = receiver.receive(interval(10).pipe(map((i) => i + 10), take(3))); // prettier-ignore
      receiver.receive(of(2)); // one that completes
      at(5, () => expect([failing.closed, going.closed]).toEqual([true, false]));
      at(50, () => {
        expect(errors[0]).toBeInstanceOf(ReceiveError);
        expect(errors).toMatchObject([{ code: 'receive_failed', at: 'source', cause: { message: 'lost' } }]);
        expect(a.events()).toEqual([1, 2, 10, 11, 12]);
        receiver.unsubscribe();
      });
    });
  });

  it('a source that cannot be told is told of, and nothing else', () => {
    virtually(({ at }) => {
      const receiver = open();
      const errors = record(receiver.errors$);
      const fails = () => {
        throw new Error('channel closed');
      };
      const a = manual(receiver, 'a');
      receiver.receive(of({ event: 1, ack: fails, nack: fails }, { event: 2, ack: fails, nack: fails }, 3));
      at(1, () => {
        a.calls[0]!.succeed();
        a.calls[1]!.fail();
        a.calls[2]!.succeed();
        expect(errors).toMatchObject([{ at: 'ack' }, { at: 'nack' }, { name: 'RouteError' }]);
        expect(receiver.stats()).toMatchObject({ received: 3, acked: 2, nacked: 1 });
        receiver.unsubscribe();
      });
    });
  });

  it('ends by its subscription, and what came in is acknowledged all the same', () => {
    virtually(({ at }) => {
      const receiver = open();
      const { told, incoming } = queue();
      const source$ = new Subject<Incoming<number>>();
      const a = manual(receiver, 'a');
      const source = receiver.receive(source$);
      source$.next(incoming(1));
      source.unsubscribe();
      expect(source$.observed).toBe(false);
      at(1, () => {
        a.calls[0]!.succeed();
        expect(told).toEqual(['ack 1']);
        receiver.unsubscribe();
      });
    });
  });

  it('X3 closing the receiver ends its sources at once, also one that never stops by itself', () => {
    virtually(({ at }) => {
      const receiver = open();
      let taken = 0;
      receiver.errors$.subscribe(() => receiver.unsubscribe());
      receiver.addRoute({ id: 'full', handle: () => NEVER, bufferSize: 9 });
      receiver.receive(range(0, 1_000_000).pipe(map((i) => (taken = i))));
      expect(taken).toBe(10); // one runs, nine wait, and this one was refused
      at(1, () => expect(receiver.stats()).toMatchObject({ received: 11, nacked: 11, pending: 0 }));
      const late$ = new Subject<number>();
      const late = receiver.receive(late$);
      expect([late.closed, late$.observed]).toEqual([true, false]);
    });
  });
});

import { EventEmitter } from 'node:events';
import { NEVER, Subject, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { runSocket, type SocketLimits, type SocketSession } from '../../../lib/adapters/http/runSocket.ts';
import { virtually, type VirtualTime } from '../../support/virtually.ts';

/** A socket whose client does what the spec says, and what became of it, with when. */
function fakeSocket(time: VirtualTime) {
  const events = new EventEmitter();
  const log: string[] = [];
  const note = (what: string) => log.push(`${time.now()} ${what}`);
  const sent: (() => void)[] = [];
  const socket = {
    bufferedAmount: 0,
    on: (event: string, listener: Parameters<EventEmitter['on']>[1]) => events.on(event, listener),
    send: (text: string, done: () => void) => {
      socket.bufferedAmount += text.length;
      sent.push(() => {
        socket.bufferedAmount -= text.length;
        done();
      });
    },
    ping: () => note('ping'),
    pong: () => note('pong'),
    close: (code: number) => note(`close ${code}`),
    terminate: () => note('terminate'),
  };
  /** The client takes what waits for it, as far as it was sent. */
  const takes = (count = sent.length) => sent.splice(0, count).forEach((done) => done());
  return { socket, events, log, takes };
}

function run(
  body: (time: VirtualTime, fake: ReturnType<typeof fakeSocket>) => void,
  session: SocketSession = () => NEVER,
  options: SocketLimits & { readonly stopping$?: Observable<void> } = {},
) {
  return virtually((time) => {
    const fake = fakeSocket(time);
    runSocket(fake.socket, session, { keepAliveMs: 1_000, stopping$: NEVER, ...options });
    body(time, fake);
    const timersAtEnd = { count: -1 };
    time.at(10_001, () => (timersAtEnd.count = time.timers()));
    return { log: fake.log, timersAtEnd };
  });
}

describe('runSocket, in virtual time', () => {
  it('C10 finds a dead client within two periods, and leaves no timer behind', () => {
    const { log, timersAtEnd } = run(() => undefined);
    expect(log).toEqual(['1000 ping', '2000 terminate']);
    expect(timersAtEnd.count).toBe(0);
  });

  it('C10 finds one that answered until just now, too', () => {
    const { log } = run((time, { events }) => time.at(1, () => time.times(4, 1_000, () => events.emit('pong'))));
    expect(log).toEqual(['1000 ping', '2000 ping', '3000 ping', '4000 ping', '5000 terminate']);
  });

  it('C10 keeps a silent client that answers, for as long as it does', () => {
    const { log } = run((time, { events }) => {
      time.at(1, () => time.times(9, 1_000, () => events.emit('pong')));
      time.at(9_500, () => events.emit('close'));
    });
    expect(log).toEqual(Array.from({ length: 9 }, (_, n) => `${n + 1}000 ping`));
  });

  it('C6 closes a client that talks and takes nothing, with 1013', () => {
    const out$ = new Subject<string>();
    const { log, timersAtEnd } = run(
      (time, { events }) => {
        time.times(9, 500, () => events.emit('message', 'hello', false));
        time.at(100, () => out$.next('never read'));
      },
      () => out$,
    );
    expect(log).toEqual(['1000 ping', '2000 close 1013']);
    expect(timersAtEnd.count).toBe(0);
    expect(out$.observed).toBe(false);
  });

  it('C6 bears one that is slow', () => {
    const out$ = new Subject<string>();
    const { log } = run(
      (time, { events, takes }) => {
        time.at(0, () => Array.from({ length: 8 }, () => out$.next('some')));
        time.at(1, () =>
          time.times(8, 1_000, () => {
            events.emit('pong');
            takes(1);
          }),
        );
        time.at(8_500, () => events.emit('close'));
      },
      () => out$,
    );
    expect(log.filter((entry) => !entry.endsWith('ping'))).toEqual([]);
  });

  it('C6 closes a client at the cap of bytes, and sends it nothing after that', () => {
    const out$ = new Subject<string>();
    const { log } = run(
      (time, { socket }) => {
        time.times(5, 10, () => out$.next('x'.repeat(40)));
        time.at(999, () => expect(socket.bufferedAmount).toBe(120));
      },
      () => out$,
      { maxQueuedBytes: 100 },
    );
    expect(log).toEqual(['20 close 1013']);
  });

  it('G8 answers as many pings in a second as agreed', () => {
    const flood = run((time, { events }) => time.times(8, 100, () => events.emit('ping', Buffer.alloc(0))), undefined, {
      maxPingsPerSecond: 3,
    });
    const steady = run(
      (time, { events }) => {
        time.times(20, 400, () => events.emit('ping', Buffer.alloc(0)));
        time.at(8_000, () => events.emit('close'));
      },
      undefined,
      { maxPingsPerSecond: 3 },
    );
    expect(flood.log).toEqual(['0 pong', '100 pong', '200 pong', '300 close 1008']);
    expect(steady.log.filter((entry) => entry.endsWith('pong'))).toHaveLength(20);
  });

  it('C12 closes with 1001 when the server stops, also when it had been told before', () => {
    const stopping$ = new Subject<void>();
    const { log } = run((time) => time.at(1_500, () => stopping$.next()), undefined, { stopping$ });
    expect(log).toEqual(['1000 ping', '1500 close 1001']);
    expect(stopping$.observed).toBe(false);
  });

  it('X3 leaves the session when the client does, at any moment', () => {
    for (const leavesAt of [0, 1, 999, 1_000, 1_001]) {
      const out$ = new Subject<string>();
      const texts: string[] = [];
      const { log, timersAtEnd } = run(
        (time, { events }) => {
          time.at(leavesAt, () => events.emit('close'));
          time.at(leavesAt, () => events.emit('message', 'late', false));
        },
        (text$) => {
          text$.subscribe((text) => texts.push(text));
          return out$;
        },
      );
      expect([out$.observed, timersAtEnd.count, texts]).toEqual([false, 0, []]);
      expect(log.filter((entry) => !entry.endsWith('ping'))).toEqual([]);
    }
  });
});

import fc from 'fast-check';
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { readAddress } from '../../../lib/adapters/rabbitmq/address.ts';
import { Backoff } from '../../../lib/adapters/rabbitmq/backoff.ts';
import { ConfirmWindow } from '../../../lib/adapters/rabbitmq/confirmWindow.ts';
import { rabbitmqTransport } from '../../../lib/adapters/rabbitmq/rabbitmqTransport.ts';
import { Settler } from '../../../lib/adapters/rabbitmq/settler.ts';
import { runs } from '../../support/seed.ts';
import { virtually } from '../../support/virtually.ts';

describe('the URL of a broker', () => {
  it.each([
    ['amqp://host', { hostname: 'host', port: 5672, username: 'guest', password: 'guest', vhost: '' }],
    ['amqps://u:p%40@[::1]:1/a%2Fb', { hostname: '::1', port: 1, username: 'u', password: 'p@', vhost: 'a%2Fb' }],
  ])('%s', (url, connect) => {
    expect(readAddress(url).connect).toMatchObject(connect);
  });

  it.each(['', 'amqp:', 'http://u:secret@h', 'amqp://u:secret@h?heartbeat=1', 'amqp://u:%zz-secret@h', 'u:secret@h'])(
    'Q20 %s is refused, and not shown',
    (url) => {
      const call = () => rabbitmqTransport({ url, exchange: { name: 'x', type: 'topic' } });
      expect(call).toThrow(/url must be amqp:/);
      expect(call).not.toThrow(/secret/);
    },
  );

  it('Q20 the name of a transport shows no credentials', () => {
    const { name } = rabbitmqTransport({ url: 'amqp://me:secret@h/v', exchange: { name: 'x', type: 'topic' } });
    expect(name).toBe('amqp://h:5672/v x');
  });
});

describe('options of rabbitmqTransport', () => {
  const url = 'amqp://h';
  const exchange = { name: 'x', type: 'topic' } as const;
  it.each([
    { exchange: { name: '', type: 'topic' } },
    { exchange: { name: 'amq.topic', type: 'topic' } },
    { exchange: { name: 'x', type: 'fanout' } },
    { window: 0 },
    { outboxSize: -1 },
    { outboxBytes: NaN },
    { overflow: 'drop' },
    { publishTimeoutMs: 0 },
    { heartbeatSeconds: 0 },
    { heartbeatSeconds: 1.5 },
    { heartbeatSeconds: 70_000 },
    { connectTimeoutMs: -1 },
    { maxReconnectDelayMs: NaN },
    { deliveryLimit: 0 },
  ])('%j is refused at the call', (options) => {
    expect(() => rabbitmqTransport({ url, exchange, ...(options as object) })).toThrow(
      expect.objectContaining({ name: 'OptionError' }),
    );
  });
});

describe('Backoff', () => {
  it('Q17 has full jitter within a ceiling that doubles, a cap, and a floor', () => {
    const delaysOf = (random: () => number) => {
      const backoff = new Backoff({ random, maxDelayMs: 1_500, stableMs: 10_000 });
      return Array.from({ length: 7 }, () => backoff.next());
    };
    expect(delaysOf(() => 1)).toEqual([100, 200, 400, 800, 1_500, 1_500, 1_500]);
    expect(delaysOf(() => 0.5)).toEqual([50, 100, 200, 400, 750, 750, 750]);
    expect(delaysOf(() => 0)).toEqual([50, 50, 50, 50, 50, 50, 50]);
  });

  it('Q17 forgets failures only after a stable time', () =>
    virtually(({ at }) => {
      const backoff = new Backoff({ random: () => 1, maxDelayMs: 60_000, stableMs: 10_000 });
      expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([100, 200, 400]);
      backoff.succeeded();
      at(9_999, () => {
        expect(backoff.next()).toBe(800);
        backoff.succeeded();
      });
      at(20_000, () => expect(backoff.next()).toBe(100));
    }));

  it('Q17 many clients do not come in step: their attempts spread over the whole time', () => {
    let state = 1;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const times = Array.from({ length: 1_000 }, () => {
      const backoff = new Backoff({ random, maxDelayMs: 1_500, stableMs: 10_000 });
      return Array.from({ length: 6 }, () => backoff.next()).reduce((sum, delay) => sum + delay);
    });
    const perTenth = Array.from({ length: 30 }, (_, i) => times.filter((at) => Math.floor(at / 150) === i).length);
    expect(Math.max(...perTenth)).toBeLessThan(150);
  });
});

describe('ConfirmWindow', () => {
  it('Q1 gives for each confirm the entries that it is about, each once, in order (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ pushes: fc.nat(5), pick: fc.nat(), multiple: fc.boolean() })), (steps) => {
        const window = new ConfirmWindow<number>();
        let last = 0;
        let open: number[] = [];
        for (const { pushes, pick, multiple } of steps) {
          for (let i = 0; i < pushes; i++) {
            window.push(++last);
            open.push(last);
          }
          if (open.length === 0) continue;
          const tag = open[pick % open.length]!;
          const expected = multiple ? open.filter((at) => at <= tag) : [tag];
          expect(window.take(tag, multiple)).toEqual(expected);
          open = open.filter((at) => !expected.includes(at));
          expect([...window.entries()]).toEqual(open);
          expect(window.take(tag, false)).toEqual([]);
        }
        expect(window.reset()).toEqual(open);
      }),
      runs(200),
    );
  });
});

describe('Settler', () => {
  /** Keeps the books of a broker: what it was told of each tag, with what it says to a tag that it does not know. */
  class Books extends EventEmitter {
    readonly open = new Set<number>();
    readonly acked: number[] = [];
    readonly nacked: number[] = [];
    frames = 0;
    ack({ fields }: { fields: { deliveryTag: number } }, multiple: boolean) {
      this.frames++;
      if (!this.open.has(fields.deliveryTag)) throw new Error('406 unknown delivery tag');
      for (const tag of multiple ? [...this.open].filter((at) => at <= fields.deliveryTag) : [fields.deliveryTag]) {
        this.open.delete(tag);
        this.acked.push(tag);
      }
    }
    nack({ fields }: { fields: { deliveryTag: number } }) {
      this.frames++;
      if (!this.open.delete(fields.deliveryTag)) throw new Error('406 unknown delivery tag');
      this.nacked.push(fields.deliveryTag);
    }
  }
  const delivery = (deliveryTag: number) => ({ fields: { deliveryTag } }) as any;

  it('Q7 tells the broker exactly what was settled, each once, in any order of deliveries and settlements (property)', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.constant('take') },
      { weight: 3, arbitrary: fc.nat().map((pick) => ({ ack: pick })) },
      fc.nat().map((pick) => ({ nack: pick })),
      fc.constant('flush'),
    );
    fc.assert(
      fc.property(fc.array(step as fc.Arbitrary<any>, { maxLength: 60 }), (steps) => {
        const books = new Books();
        const settler = new Settler(books as any);
        const acked: number[] = [];
        const nacked: number[] = [];
        let last = 0;
        for (const one of [...steps, 'flush']) {
          if (one === 'take') {
            books.open.add(++last);
            settler.take(delivery(last));
          } else if (one === 'flush') {
            settler.flush();
            expect([...books.acked].sort()).toEqual([...acked].sort());
          } else if (last > 0) {
            const tag = ((one.ack ?? one.nack) % last) + 1;
            const isNew = !acked.includes(tag) && !nacked.includes(tag);
            if (isNew) (one.ack === undefined ? nacked : acked).push(tag);
            if (one.ack === undefined) settler.giveBack(delivery(tag));
            else settler.ack(delivery(tag));
          }
        }
        expect(books.nacked).toEqual(nacked);
        settler.stop();
      }),
      runs(300),
    );
  });

  it('settles as one what is settled below the first that is not', () => {
    const books = new Books();
    const settler = new Settler(books as any);
    for (let tag = 1; tag <= 100; tag++) {
      books.open.add(tag);
      settler.take(delivery(tag));
    }
    for (let tag = 1; tag <= 100; tag++) if (tag !== 98) settler.ack(delivery(tag));
    settler.flush();
    expect(books.frames).toBe(3);
    expect([...books.open]).toEqual([98]);
  });

  it('Q8 says nothing to a channel that is gone', () => {
    const books = new Books();
    const settler = new Settler(books as any);
    settler.take(delivery(1));
    settler.stop();
    settler.ack(delivery(1));
    settler.giveBack(delivery(1));
    settler.flush();
    expect(books.frames).toBe(0);
  });
});

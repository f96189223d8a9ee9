import fc from 'fast-check';
import * as t from 'io-ts';
import { describe, expect, it } from 'vitest';
import { ClosedError, UnknownTopicError, type DeliveryError } from '../../../lib/contracts/deliveryFailure.ts';
import { DecodeError } from '../../../lib/contracts/failure.ts';
import { createTopics } from '../../../lib/core/topics/createTopics.ts';
import { matchesPattern } from '../../../lib/boundary/matchesPattern.ts';
import { OptionError } from '../../../operators/errors.ts';
import { runs } from '../../support/seed.ts';
import { useVirtualTime } from './support/virtualTime.ts';

const Order = t.type({ id: t.number }, 'Order');

const orders = () =>
  createTopics({
    'orders.created': { codec: Order, replay: 2 },
    'orders.deleted': { codec: t.number },
    'users.created': { codec: t.string },
    audit: { codec: t.string },
  });

describe('createTopics', () => {
  useVirtualTime();

  it('gives topics by name', () => {
    const topics = orders();
    const seen: unknown[] = [];
    topics.topic('orders.created').subscribe((value) => seen.push(value));
    topics.deliver('orders.created', { id: 's', handle: (value) => void seen.push(value.id) });
    const receipt = topics.publish('orders.created', { id: 7 });

    expect(seen).toEqual([{ id: 7 }, 7]);
    expect([...receipt.verdicts]).toEqual([['s', 'accepted']]);
    expect(topics.names).toEqual(['orders.created', 'orders.deleted', 'users.created', 'audit']);
    expect(topics.topic('orders.created').name).toBe('orders.created');
    expect(topics.topic('orders.created')).toBe(topics.topic('orders.created'));
  });

  it('decodes what comes from outside, and tells of what is not decodable, once', () => {
    const topics = orders();
    const seen: unknown[] = [];
    const errors: unknown[] = [];
    topics.errors$.subscribe((error) => errors.push(error));
    topics.deliver('#', { id: 's', handle: (value) => void seen.push(value) });
    topics.receive('orders.created', { id: 7 });

    expect(() => topics.receive('orders.created', { id: 'seven' })).toThrow(DecodeError);
    expect(seen).toEqual([{ id: 7 }]);
    expect(errors).toMatchObject([
      { code: 'not_decodable', where: 'orders.created', faults: [{ at: '/id', expected: 'number', found: '"seven"' }] },
    ]);
  });

  it('attaches one subscriber to every topic that matches, with one waiting line and one order', () => {
    const topics = orders();
    const seen: string[] = [];
    const delivery = topics.deliver('orders.*', {
      id: 's',
      bufferSize: 2,
      overflow: 'dropOldest',
      onDrop: (value) => seen.push(`drops ${JSON.stringify(value)}`),
      handle: (value, { topic, id }) => void seen.push(`${topic} ${id} ${JSON.stringify(value)}`),
    });
    delivery.pause();
    topics.publish('orders.created', { id: 1 });
    topics.publish('orders.deleted', 2);
    topics.publish('users.created', 'not for it');
    topics.publish('orders.created', { id: 3 });
    delivery.resume();

    expect(seen).toEqual(['drops {"id":1}', 'orders.deleted 1 2', 'orders.created 2 {"id":3}']);
    expect(delivery.stats()).toMatchObject({ offered: 3, dropped: 1, succeeded: 2 });
  });

  it('has one order over all topics, whoever publishes where from within a handler', () => {
    const topics = createTopics({ a: { codec: t.number }, b: { codec: t.number } });
    const log: string[] = [];
    for (const id of ['x', 'y']) {
      topics.deliver('#', {
        id,
        handle(n, { topic }) {
          log.push(`${id} ${topic}${n}`);
          if (n > 1) return;
          if (id === 'x') topics.publish('b', 10 + n);
          else topics.publish('a', 20 + n);
        },
      });
    }
    topics.publish('a', 0);
    topics.publish('b', 1);

    const order = ['a0', 'b10', 'a20', 'b1', 'b11', 'a21'];
    expect(log).toEqual(order.flatMap((value) => [`x ${value}`, `y ${value}`]));
  });

  it('replays what each topic keeps to a subscriber that is attached later', () => {
    const topics = orders();
    for (let id = 0; id < 4; id++) topics.publish('orders.created', { id });
    topics.publish('orders.deleted', 0);
    const seen: unknown[] = [];
    topics.deliver('orders.#', { id: 's', handle: (value) => void seen.push(value) });

    expect(seen).toEqual([{ id: 2 }, { id: 3 }]);
  });

  it('attaches to all topics before anything that a replay leads to goes out', () => {
    const topics = createTopics({ a: { codec: t.number, replay: 1 }, b: { codec: t.number } });
    topics.publish('a', 1);
    const seen: string[] = [];
    topics.deliver('*', {
      id: 's',
      handle(n, { topic }) {
        seen.push(`${topic}${n}`);
        if (n === 1) topics.publish('b', 2);
      },
    });
    expect(seen).toEqual(['a1', 'b2']);
  });

  it('ends a subscriber with the last of its topics', () => {
    const topics = orders();
    const ends: string[] = [];
    const delivery = topics.deliver('orders.*', { id: 's', handle: () => {} });
    delivery.ended$.subscribe({ complete: () => ends.push('ended') });
    topics.topic('orders.created').complete();
    expect(ends).toEqual([]);

    topics.topic('orders.deleted').complete();
    expect(ends).toEqual(['ended']);
    expect(topics.topic('orders.deleted').deliveries()).toEqual([]);
  });

  it('lets go of a subscriber at all of its topics, whoever closes it', () => {
    const topics = orders();
    topics.publish('orders.created', { id: 1 });
    const delivery = topics.deliver('#', {
      id: 's',
      handle(value) {
        if (typeof value === 'object') topics.topic('orders.created').deliveries()[0]!.close();
      },
    });
    expect(delivery.stats()).toMatchObject({ discarded: 1 });
    for (const name of topics.names) expect(topics.topic(name).deliveries()).toEqual([]);
    expect(() => topics.deliver('#', { id: 's', handle: () => {} })).not.toThrow();
  });

  it('refuses a subscriber whose id is taken at any of its topics, and attaches it to none', () => {
    const topics = orders();
    topics.topic('audit').deliver({ id: 's', handle: () => {} });

    expect(() => topics.deliver('#', { id: 's', handle: () => {} })).toThrow(OptionError);
    expect(topics.topic('orders.created').deliveries()).toEqual([]);
  });

  it('reports failures with the topic they happened at, and alerts with the pattern', () => {
    const topics = orders();
    const errors: unknown[] = [];
    const alerts: unknown[] = [];
    topics.errors$.subscribe({ next: (error) => errors.push(error), complete: () => errors.push('complete') });
    topics.alerts$.subscribe({ next: ({ topic }) => alerts.push(topic), complete: () => alerts.push('complete') });
    const delivery = topics.deliver('*.created', {
      id: 's',
      bufferSize: 1,
      watermarks: { high: 1, low: 0, holdMs: 0 },
      handle() {
        throw new Error('no');
      },
    });
    delivery.pause();
    topics.publish('users.created', 'x');
    delivery.resume();
    topics.topic('audit').deliver({
      id: 't',
      handle() {
        throw new Error('neither');
      },
    });
    topics.publish('audit', 'y');
    topics.close().subscribe();

    expect(
      (errors.slice(0, -1) as DeliveryError[]).map(({ topic, subscriber, value }) => [topic, subscriber, value]),
    ).toEqual([
      ['users.created', 's', 'x'],
      ['audit', 't', 'y'],
    ]);
    expect(alerts).toEqual(['*.created', '*.created', 'complete']);
    expect(errors.at(-1)).toBe('complete');
  });

  it('closes all topics within a deadline, and gives the account of all subscribers', async () => {
    const topics = orders();
    topics.deliver('orders.*', { id: 's', handle: () => new Promise(() => {}) });
    topics.deliver('users.created', { id: 's', handle: () => {} });
    topics.topic('audit').deliver({ id: 't', handle: () => {} });
    topics.publish('orders.created', { id: 1 });
    topics.publish('orders.deleted', 2);
    topics.publish('users.created', 'x');
    topics.publish('audit', 'y');
    const ledgers: unknown[] = [];
    topics
      .close({ deadlineMs: 100 })
      .subscribe(({ subscribers }) =>
        ledgers.push(
          Object.fromEntries(
            [...subscribers].map(([id, { offered, succeeded, discarded }]) => [id, [offered, succeeded, discarded]]),
          ),
        ),
      );
    expect(() => topics.publish('audit', 'z')).toThrow(ClosedError);
    expect(ledgers).toEqual([]);
    const { vi } = await import('vitest');
    vi.advanceTimersByTime(100);

    expect(ledgers).toEqual([{ 'orders.*/s': [2, 0, 2], 'users.created/s': [1, 1, 0], 'audit/t': [1, 1, 0] }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('T22 refuses a name that is no name when it is made', () => {
    for (const name of [
      '',
      '.',
      'a.',
      '.a',
      'a..b',
      'a b',
      'a/b',
      '*',
      '#',
      'a.*',
      'a\n',
      'ä',
      'x'.repeat(256),
      'x'.repeat(10_000),
    ])
      expect(() => createTopics({ [name]: { codec: t.string } }), name.slice(0, 10)).toThrow(OptionError);
  });

  it('T22 refuses a name that is not known, whatever it is, and touches no prototype', () => {
    const probe = () => [Object.getOwnPropertyNames(Object.prototype), Object.getOwnPropertyNames(Function.prototype)];
    const before = probe();
    const topics = orders();
    const names = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '',
        '__proto__',
        'constructor',
        'prototype',
        'hasOwnProperty',
        'toString',
        'orders',
        'x'.repeat(10_000),
      ),
    );
    fc.assert(
      fc.property(names, (name) => {
        const known = topics as unknown as Record<string, (...args: unknown[]) => unknown>;
        expect(() => known['topic']!(name)).toThrow(UnknownTopicError);
        expect(() => known['publish']!(name, 1)).toThrow(UnknownTopicError);
        expect(() => known['receive']!(name, 1)).toThrow(UnknownTopicError);
        if (!topics.names.some((topic) => matchesPattern(name, topic)))
          expect(() => known['deliver']!(name, { id: 's', handle: () => {} })).toThrow(UnknownTopicError);
        try {
          known['topic']!(name);
        } catch (error) {
          expect(error).toMatchObject({ code: 'unknown_topic', topic: name });
          expect((error as Error).message.length).toBeLessThan(500);
        }
      }),
      runs(),
    );
    expect(probe()).toEqual(before);
  });

  it('T22 takes names that other objects have as any other', () => {
    const topics = createTopics({ ['__proto__']: { codec: t.number }, constructor: { codec: t.number } });
    const seen: unknown[] = [];
    topics.deliver('#', { id: 's', handle: (value) => void seen.push(value) });
    topics.publish('__proto__', 1);
    topics.receive('constructor', 2);

    expect(seen).toEqual([1, 2]);
    expect(topics.names).toEqual(['__proto__', 'constructor']);
  });
});

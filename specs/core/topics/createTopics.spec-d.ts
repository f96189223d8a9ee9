import * as t from 'io-ts';
import { describe, expectTypeOf, it } from 'vitest';
import type { Delivery } from '../../../lib/contracts/delivery.ts';
import { createTopics } from '../../../lib/core/topics/createTopics.ts';
import type { MatchedName } from '../../../lib/core/topics/matchedName.ts';
import type { Topic } from '../../../lib/core/topics/topic.ts';

const Order = t.type({ id: t.number });
const topics = createTopics({
  'orders.created': { codec: Order, replay: 10 },
  'orders.deleted.v2': { codec: t.number },
  users: { codec: t.string, freeze: 'off' },
});

describe('createTopics', () => {
  it('knows its names and what their values are', () => {
    expectTypeOf(topics.names).toEqualTypeOf<readonly ('orders.created' | 'orders.deleted.v2' | 'users')[]>();
    expectTypeOf(topics.topic('users')).toEqualTypeOf<Topic<string>>();
    expectTypeOf(topics.topic('orders.created')).toEqualTypeOf<Topic<{ id: number }>>();
    // @ts-expect-error there is no such topic
    void topics.topic('orders');
    topics.publish('users', 'x');
    // @ts-expect-error users are texts
    topics.publish('users', 1);
    topics.receive('whatever came', {});
  });

  it('gives a subscriber the values of the topics that its pattern means', () => {
    topics.deliver('orders.created', {
      id: 's',
      handle: (value) => void expectTypeOf(value).toEqualTypeOf<{ id: number }>(),
    });
    topics.deliver('orders.#', {
      id: 's',
      handle: (value) => void expectTypeOf(value).toEqualTypeOf<{ id: number } | number>(),
      partitionKey: (value) => (typeof value === 'number' ? value : value.id),
    });
    topics.deliver('#', {
      id: 's',
      handle: (value) => void expectTypeOf(value).toEqualTypeOf<{ id: number } | number | string>(),
    });
    expectTypeOf(topics.deliver('nothing.*', { id: 's', handle: () => {} })).toEqualTypeOf<Delivery<never>>();
    expectTypeOf(topics.deliver('*', { id: 's', handle: () => {} })).toEqualTypeOf<Delivery<string>>();
    const pattern = 'orders.created' as string;
    topics.deliver(pattern, {
      id: 's',
      handle: (value) => void expectTypeOf(value).toEqualTypeOf<{ id: number } | number | string>(),
    });
  });

  it('matches as it does at run time', () => {
    type Names = 'a' | 'b' | 'a.b' | 'a.c' | 'b.c' | 'a.b.c' | 'a.c.c';
    expectTypeOf<MatchedName<Names, 'a'>>().toEqualTypeOf<'a'>();
    expectTypeOf<MatchedName<Names, '*'>>().toEqualTypeOf<'a' | 'b'>();
    expectTypeOf<MatchedName<Names, 'a.*'>>().toEqualTypeOf<'a.b' | 'a.c'>();
    expectTypeOf<MatchedName<Names, '*.c'>>().toEqualTypeOf<'a.c' | 'b.c'>();
    expectTypeOf<MatchedName<Names, 'a.#'>>().toEqualTypeOf<'a' | 'a.b' | 'a.c' | 'a.b.c' | 'a.c.c'>();
    expectTypeOf<MatchedName<Names, '#.c'>>().toEqualTypeOf<'a.c' | 'b.c' | 'a.b.c' | 'a.c.c'>();
    expectTypeOf<MatchedName<Names, 'a.#.c'>>().toEqualTypeOf<'a.c' | 'a.b.c' | 'a.c.c'>();
    expectTypeOf<MatchedName<Names, '#.#'>>().toEqualTypeOf<Names>();
    expectTypeOf<MatchedName<Names, '*.#'>>().toEqualTypeOf<Names>();
    expectTypeOf<MatchedName<Names, '#.*'>>().toEqualTypeOf<Names>();
    expectTypeOf<MatchedName<Names, 'c.#'>>().toEqualTypeOf<never>();
  });
});

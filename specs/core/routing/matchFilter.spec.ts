import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCondition, type Condition } from '../../../lib/core/routing/condition.ts';
import { matchFilter } from '../../../lib/core/routing/matchFilter.ts';
import { OptionError } from '../../../operators/errors.ts';
import { record } from '../../support/record.ts';
import { runs } from '../../support/seed.ts';
import { event, sink } from './support.ts';

const payload = { kind: 'order', total: 12, tags: ['a', 'b'], buyer: { name: 'Ann', note: null }, 'x.y': true, '': 0 };

describe('matchFilter', () => {
  it.each<[Condition, boolean]>([
    [{ path: 'kind', equals: 'order' }, true],
    [{ path: '/kind', equals: 'order' }, true],
    [{ path: 'kind', equals: 'Order' }, false],
    [{ path: 'total', equals: 12 }, true],
    [{ path: 'total', equals: '12' }, false],
    [{ path: 'buyer.note', equals: null }, true],
    [{ path: 'buyer.nothing', equals: null }, false],
    [{ path: '/x.y', equals: true }, true],
    [{ path: 'tags.1', equals: 'b' }, true],
    [{ path: 'kind', in: ['refund', 'order'] }, true],
    [{ path: 'kind', in: [] }, false],
    [{ path: 'gone', in: ['x'] }, false],
    [{ path: 'kind', prefix: 'ord' }, true],
    [{ path: 'kind', prefix: '' }, true],
    [{ path: 'total', prefix: '1' }, false],
    [{ path: 'buyer.note', exists: true }, true],
    [{ path: 'buyer.nothing', exists: true }, false],
    [{ path: 'buyer.nothing', exists: false }, true],
    [{ path: '__proto__', exists: true }, false],
    [{ path: 'constructor.name', exists: true }, false],
    [{ path: '', exists: true }, true],
    [{ not: { path: 'kind', equals: 'order' } }, false],
    [{ not: { path: 'gone', equals: 'order' } }, true],
    [{ all: [] }, true],
    [{ any: [] }, false],
    [{ all: [{ path: 'kind', equals: 'order' }, { not: { path: 'total', equals: 1 } }] }, true],
    [{ any: [{ path: 'kind', equals: 'x' }, { all: [{ path: 'total', equals: 12 }] }] }, true],
  ])('asks %j: %s', (condition, passes) => {
    const { next, ids } = sink();
    const dropped: string[] = [];
    const given = event('1', payload);

    expect(record(matchFilter(condition, { onDrop: ({ id }) => dropped.push(id) })(given, next))).toEqual(['complete']);

    expect(ids()).toEqual(passes ? ['1'] : []);
    expect(dropped).toEqual(passes ? [] : ['1']);
  });

  it.each([
    null,
    undefined,
    'kind',
    [],
    {},
    { path: 'a' },
    { path: 'a', matches: '(a+)+$' },
    { path: 1, equals: 1 },
    { equals: 1 },
    { path: 'a', equals: {} },
    { path: 'a', equals: NaN },
    { path: 'a', equals: 1, in: [1] },
    { path: 'a', in: 'abc' },
    { path: 'a', in: [[]] },
    { path: 'a', prefix: 1 },
    { path: 'a', exists: 'yes' },
    { not: null },
    { not: { path: 'a', equals: 1 }, all: [] },
    { all: {} },
    { any: [{ path: 'a', equals: undefined }] },
    JSON.parse('{"__proto__":{"path":"a"},"equals":1}'),
  ])('refuses what is no condition at the call: %j', (condition) => {
    expect(() => matchFilter(condition as Condition)).toThrow(OptionError);
  });

  it('refuses a condition nested so deeply that asking would exhaust the stack, and says where', () => {
    let condition: Condition = { path: 'a', exists: true };
    for (let i = 0; i < 100_000; i++) condition = { not: condition };
    expect(() => matchFilter(condition)).toThrow(/^condition(\.not){33} must be at most 32 levels deep/);
  });

  it('answers as logic does, whatever the condition and the payload', () => {
    const leaf = fc.oneof(
      fc.record({ path: fc.constantFrom('a', 'b', 'a.b'), equals: fc.constantFrom<any>(1, 'x', null) }),
      fc.record({ path: fc.constantFrom('a', 'b'), exists: fc.boolean() }),
      fc.record({ path: fc.constantFrom('a', 'b'), prefix: fc.constantFrom('', 'x') }),
    );
    const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
      condition: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        fc.record({ not: tie('condition') }),
        fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
        fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
      ),
    }));
    const json = fc.record(
      { a: fc.constantFrom<any>(1, 'x', 'xy', null, { b: 1 }), b: fc.constantFrom<any>(1, 'x') },
      { requiredKeys: [] },
    );
    const model = (asked: any, value: any): boolean => {
      if (asked.not) return !model(asked.not, value);
      if (asked.all) return asked.all.reduce((so: boolean, each: any) => model(each, value) && so, true);
      if (asked.any) return asked.any.reduce((so: boolean, each: any) => model(each, value) || so, false);
      const found = asked.path.split('.').reduce((at: any, key: string) => at?.[key], value);
      if ('equals' in asked) return found === asked.equals;
      if ('prefix' in asked) return typeof found === 'string' && found.startsWith(asked.prefix);
      return (found !== undefined) === asked.exists;
    };

    fc.assert(
      fc.property(condition, json, (asked, value) => {
        expect(compileCondition(asked)(value)).toBe(model(asked, value));
      }),
      runs(),
    );
  });
});

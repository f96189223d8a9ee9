import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transformFilter } from '../../../lib/core/routing/transformFilter.ts';
import type { TransformStep } from '../../../lib/core/routing/transformStep.ts';
import { valueAt } from '../../../lib/boundary/valueAt.ts';
import { OptionError } from '../../../operators/errors.ts';
import { record } from '../../support/record.ts';
import { runs } from '../../support/seed.ts';
import { event, sink } from './support.ts';

/** What the steps make of a payload, or the error they end in. */
function made(steps: readonly TransformStep[], payload: unknown): unknown {
  const { next, payloads } = sink();
  const [end] = record(transformFilter(steps)(event('1', payload), next));
  expect(end).toBe('complete');
  return payloads()[0];
}

const frozen = (value: any): any => {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
};

const order = frozen({ id: 7, buyer: { name: 'Ann', mail: 'a@b' }, lines: [{ n: 1 }, { n: 2, x: 0 }, { n: 3 }] });

describe('transformFilter', () => {
  it.each<[readonly TransformStep[], unknown]>([
    [[], order],
    [[{ pick: ['id', 'buyer.name'] }], { id: 7, buyer: { name: 'Ann' } }],
    [[{ pick: ['/lines/2/n', 'lines.0'] }], { lines: [{ n: 1 }, { n: 3 }] }],
    [[{ pick: ['gone', 'id.deeper'] }], {}],
    [[{ pick: [] }], {}],
    [[{ pick: ['buyer', 'buyer.name'] }], { buyer: { name: 'Ann', mail: 'a@b' } }],
    [[{ pick: ['id'] }, { set: { 'a.b.c': [1] } }], { id: 7, a: { b: { c: [1] } } }],
    [[{ pick: ['lines.0'] }, { set: { 'lines.0.n': 9, 'lines.1': 'end' } }], { lines: [{ n: 9 }, 'end'] }],
    [[{ pick: ['id'] }, { rename: { id: 'order.number', gone: 'x' } }], { order: { number: 7 } }],
    [[{ rename: { buyer: 'by' } }, { pick: ['by.name'] }], { by: { name: 'Ann' } }],
    [
      [{ remove: ['buyer.mail', 'lines.1', 'gone.x', 'lines.7'] }],
      { id: 7, buyer: { name: 'Ann' }, lines: [{ n: 1 }, { n: 3 }] },
    ],
    [[{ remove: ['lines.1.x', 'lines.length'] }, { pick: ['lines'] }], { lines: [{ n: 1 }, { n: 2 }, { n: 3 }] }],
  ])('%j', (steps, expected) => {
    expect(made(steps, order)).toEqual(expected);
  });

  it('leaves everything of the event but its payload', () => {
    const { next, events } = sink();
    const given = { id: '1', payload: {}, tenant: 'x', receivedAt: 5 };
    record(transformFilter([{ set: { a: 1 } }])(given, next));
    expect(events).toEqual([{ ...given, payload: { a: 1 } }]);
    expect(given.payload).toEqual({});
  });

  it.each<[TransformStep, unknown, string]>([
    [{ set: { 'id.deeper': 1 } }, order, '/id'],
    [{ set: { a: 1 } }, 'text', ''],
    [{ set: { a: 1 } }, null, ''],
    [{ pick: ['a'] }, 'text', ''],
    [{ pick: ['a'] }, null, ''],
    [{ set: { 'lines.9': 1 } }, order, '/lines/9'],
    [{ set: { 'lines.first': 1 } }, order, '/lines/first'],
    [{ rename: { id: 'buyer.name.first' } }, order, '/buyer/name'],
  ])('fails an event that does not allow it: %j', (step, payload, at) => {
    const { next, ids } = sink();
    const failures = record(transformFilter([step])(event('1', payload), next));
    expect(failures).toMatchObject([{ name: 'TransformError', code: 'not_transformable', at }]);
    expect(ids()).toEqual([]);
  });

  it.each([
    null,
    'pick',
    {},
    { pick: 'id' },
    { pick: [1] },
    { pick: [''] },
    { pick: ['a'], set: {} },
    { set: [] },
    { set: { '': 1 } },
    { rename: { a: 1 } },
    { rename: { a: '' } },
    { run: 'process.exit()' },
    { set: { '__proto__.polluted': true } },
    { set: { 'a.constructor.prototype.polluted': true } },
    { rename: { a: '/__proto__/polluted' } },
    { rename: { 'constructor.prototype': 'a' } },
    { remove: ['__proto__.toString'] },
    { pick: ['prototype'] },
  ])('H7 refuses what is no step, and every way to a prototype, at the call: %j', (step) => {
    expect(() => transformFilter([step as TransformStep])).toThrow(OptionError);
  });

  it('H7 never changes an event, nor a prototype, whatever is in it', () => {
    const key = fc.oneof(fc.constantFrom('a', 'b', '0', '1', '__proto__', 'constructor'), fc.string({ maxLength: 3 }));
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<unknown>(0, 'x', null),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie('json')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
      ),
    }));
    const path = fc
      .array(fc.constantFrom('a', 'b', '0', '1'), { minLength: 1, maxLength: 3 })
      .map((steps) => steps.join('.'));
    const step: fc.Arbitrary<TransformStep> = fc.oneof(
      fc.record({ pick: fc.array(path, { maxLength: 3 }) }),
      fc.record({ set: fc.dictionary(path, fc.constantFrom<unknown>(1, { c: 1 }), { maxKeys: 2 }) }),
      fc.record({ rename: fc.dictionary(path, path, { maxKeys: 2 }) }),
      fc.record({ remove: fc.array(path, { maxLength: 3 }) }),
    );
    const before = Object.getOwnPropertyNames(Object.prototype);

    fc.assert(
      fc.property(json, fc.array(step, { maxLength: 3 }), (payload, steps) => {
        const given = event('1', frozen(structuredClone(payload)));
        const text = JSON.stringify(given);
        const { next } = sink();
        const [end] = record(transformFilter(steps)(given, next));
        if (end !== 'complete') expect(end).toMatchObject({ code: 'not_transformable' });
        expect(JSON.stringify(given)).toBe(text);
      }),
      runs(),
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });

  it('shows at a path what was set there', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
      .map((steps) => steps.join('.'));
    fc.assert(
      fc.property(path, fc.jsonValue(), (at, value) => {
        expect(valueAt(at, made([{ set: { [at]: value } }], {}))).toEqual(value);
      }),
      runs(),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logSender } from '../../../lib/core/routing/logSender.ts';
import { record } from '../../support/record.ts';
import { runs } from '../../support/seed.ts';
import { event } from './support.ts';

describe('logSender', () => {
  it('writes an event as one line of JSON', () => {
    const lines: string[] = [];
    const sender = logSender({ name: 'audit', write: (line) => lines.push(line) });
    const sent$ = sender.send(event('1', { b: 1, a: 'x' }));
    expect(lines).toEqual([]);
    expect(record(sent$)).toEqual(['complete']);
    expect(lines).toEqual(['{"id":"1","payload":{"a":"x","b":1},"receivedAt":0,"tenant":"t"}']);
  });

  it('H8 lets nothing in an event pass for another line, or steer a terminal', () => {
    const nasty = fc.constantFrom(
      '\n',
      '\r',
      '\u0000',
      '\u001b',
      '\u007f',
      '\u0085',
      '\u009b',
      '\u2028',
      '\u2029',
      '\u202e',
      '\u2066',
      '\ud800',
      '"',
      '\\',
    );
    const text = fc
      .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, text, (id, tenant, payload) => {
        const lines: string[] = [];
        record(logSender({ name: 'x', write: (line) => lines.push(line) }).send({ ...event(id, [payload], tenant) }));
        expect(lines).toHaveLength(1);
        expect(lines[0]).toMatch(/^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u);
        expect(JSON.parse(lines[0]!)).toEqual({ id, tenant, payload: [payload], receivedAt: 0 });
      }),
      runs(),
    );
  });

  it('cuts a line that is too long, and says how long it was', () => {
    const lines: string[] = [];
    record(
      logSender({ name: 'x', write: (line) => lines.push(line), maxLength: 20 }).send(event('1', 'x'.repeat(100))),
    );
    expect(lines).toEqual(['{"id":"1","payload":... (151 characters)']);
  });

  it('fails an event that JSON cannot carry, for good', () => {
    expect(record(logSender({ name: 'x', write: () => {} }).send(event('1', { n: NaN })))).toMatchObject([
      {
        name: 'SendError',
        code: 'send_failed',
        sender: 'x',
        failure: 'unsendable',
        retryable: false,
        cause: { at: '/payload/n' },
      },
    ]);
  });

  it('X5 writes nothing under a signal that is aborted already, and errors with what the log throws', () => {
    const full = new Error('full');
    const sender = logSender({
      name: 'x',
      write: () => {
        throw full;
      },
    });
    expect(record(sender.send(event('1'), AbortSignal.abort('gone')))).toEqual(['gone']);
    expect(record(sender.send(event('1')))).toEqual([full]);
  });
});

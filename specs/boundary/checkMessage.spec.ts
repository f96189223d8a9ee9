import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkMessage } from '../../lib/boundary/checkMessage.ts';
import type { OutgoingMessage } from '../../lib/contracts/transport.ts';
import { InvalidMessageError } from '../../lib/contracts/transportFailure.ts';
import { messageOf } from '../support/messages.ts';
import { runs } from '../support/seed.ts';

describe('checkMessage', () => {
  it.each([
    ...['', '.', 'a..b', '.a', 'a.', 'a b', 'a.*', '#', 'a#b', 'a\u0000', 'a\ud800', 'é'.repeat(128)].map(
      (routingKey) => ({
        routingKey,
      }),
    ),
    ...['', 'é', 'a\n', 'x'.repeat(129)].map((id) => ({ id })),
    { contentType: '' },
    { contentType: 'text/plain\r\nx: y' },
    { headers: { '': 'x' } },
    { headers: { ['n'.repeat(256)]: 'x' } },
    { headers: { a: 'x'.repeat(1_025) } },
    { headers: { a: 'é'.repeat(513) } },
    { headers: { a: '\udc00' } },
    { headers: { a: 1 } as unknown as Record<string, string> },
    { headers: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`h${i}`, ''])) },
    { body: 'text' as unknown as Uint8Array },
    { body: new Uint8Array(16 * 1_024 ** 2 + 1) },
  ])('J3 refuses %j', (facts: Partial<OutgoingMessage>) => {
    expect(() => checkMessage(messageOf('a', facts))).toThrow(InvalidMessageError);
  });

  it('J2 takes headers with the names of what all objects have', () => {
    const headers = JSON.parse('{"__proto__":"1","constructor":"2"}') as Record<string, string>;
    expect(() => checkMessage(messageOf('a', { headers }))).not.toThrow();
  });

  it('J3 takes routing keys of 255 bytes, and says no to any text in no time', () => {
    expect(() => checkMessage(messageOf('a', { routingKey: 'é'.repeat(127) }))).not.toThrow();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(20_000), (text, times) => {
        try {
          checkMessage(messageOf('a', { routingKey: `${text}${'.a'.repeat(times)}` }));
        } catch (failure) {
          expect(failure).toBeInstanceOf(InvalidMessageError);
        }
      }),
      runs(),
    );
  });
});

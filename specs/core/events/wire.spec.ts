import fc from 'fast-check';
import * as t from 'io-ts';
import { describe, expect, it } from 'vitest';
import type { IncomingMessage } from '../../../lib/contracts/transport.ts';
import { defineEvent } from '../../../lib/core/events/defineEvent.ts';
import { readData, readMessage } from '../../../lib/core/events/readMessage.ts';
import { wireData } from '../../../lib/core/events/wireData.ts';
import { writeMessage } from '../../../lib/core/events/writeMessage.ts';
import { runs } from '../../support/seed.ts';
import { rawEnvelope, rawMessage } from './support/raw.ts';

const Anything = defineEvent('anything', t.unknown);
const Amount = defineEvent('amount', t.strict({ amount: t.number }, 'Amount'));
const head = { id: 'raw', type: 'anything', source: 'service', time: 1, correlationId: 'c', version: 1 };

const incoming = (body: unknown, facts: Partial<IncomingMessage> = {}): IncomingMessage => ({
  ...rawMessage('anything', body),
  attempt: 1,
  ...facts,
});
const text = fc.string({ unit: 'binary' });
const refused = (path: string) =>
  expect.objectContaining({ code: 'not_decodable', faults: [expect.objectContaining({ at: path })] });

describe('a message on the wire', () => {
  it('Q12 is read as it was written, whatever JSON it carries', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 20 }), fc.option(text, { nil: undefined }), (data, tenant) => {
        const named = tenant !== undefined && /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(tenant) ? tenant : undefined;
        const message = writeMessage(Anything, { ...head, tenant: named }, wireData(Anything, data));
        const read = readMessage({ ...message, attempt: 1 });

        expect(readData(Anything, read)).toEqual(JSON.parse(JSON.stringify(data)));
        expect(read.tenant).toBe(named);
      }),
      runs(300),
    );
  });

  it.each([
    ['0 bytes', new Uint8Array(), '/body'],
    ['a text', 'hello', '/body'],
    ['half of a JSON text', '{"id":"raw"', '/body'],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22]), '/body'],
    ['null', null, '/body'],
    ['a list', [], '/body'],
    ['a number', 1, '/body'],
    ['a million brackets', '['.repeat(1_000_000) + ']'.repeat(1_000_000), '/body'],
    ['data that is 100 deep', rawEnvelope({ data: JSON.parse('['.repeat(100) + ']'.repeat(100)) }), '/body'],
    ['no id', { ...rawEnvelope(), id: undefined }, '/id'],
    ['another id than the message', rawEnvelope({ id: 'other' }), '/id'],
    ['an id with a line break', rawEnvelope({ correlationId: 'a\nb' }), '/correlationId'],
    ['a type that is a pattern', rawEnvelope({ type: '#' }), '/type'],
    ['a time that is a text', rawEnvelope({ time: '2026-01-01' }), '/time'],
    ['version 0', rawEnvelope({ version: 0 }), '/version'],
    ['an empty tenant', rawEnvelope({ tenant: '' }), '/tenant'],
    ['an address for the answer (J7)', rawEnvelope({ replyTo: 'outcomes.of.mine' }), '/replyTo'],
    ['a prototype', JSON.stringify(rawEnvelope()).replace('{', '{"__proto__":{"admin":true},'), '/__proto__'],
    ['a constructor', rawEnvelope({ constructor: { prototype: {} } }), '/constructor'],
  ])('Q12, J1, J2 is refused with %s', (_, body, path) => {
    expect(() => readMessage(incoming(body))).toThrow(refused(path));
    expect(({} as { admin?: boolean }).admin).toBe(undefined);
  });

  it.each(['', 'text/plain', 'application/octet-stream', 'application/json; charset=latin1', 'application/x-gzip'])(
    'J1 is refused as %j',
    (contentType) => {
      expect(() => readMessage(incoming(rawEnvelope(), { contentType }))).toThrow(refused('/contentType'));
    },
  );

  it('J2 does not look at headers', () => {
    const headers = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`h${i}`, '__proto__']));
    expect(readMessage(incoming(rawEnvelope(), { headers: { ...headers, 'reply-to': 'me' } })).id).toBe('raw');
  });

  it('J1 is read or refused with DecodeError, whatever its bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((json) => new TextEncoder().encode(json)),
        ),
        (body) => {
          try {
            readMessage(incoming(body));
          } catch (failure) {
            expect(failure).toMatchObject({ name: 'DecodeError' });
          }
        },
      ),
      runs(300),
    );
  });

  it('is refused where it is written when nobody could read it', () => {
    const wrong = { amount: 'a lot' } as unknown as { amount: number };
    expect(() => wireData(Amount, wrong)).toThrow(refused('/amount'));
    expect(() => wireData(Amount, { amount: NaN })).toThrow(expect.objectContaining({ code: 'not_json' }));
    expect(() => writeMessage(Amount, { ...head, correlationId: '' }, '1')).toThrow(refused('/correlationId'));
  });
});

describe('versions of data', () => {
  const Named = t.strict({ first: t.string, last: t.string }, 'Named');
  const upcast = (data: unknown, version: number) => {
    const name = version === 1 ? (data as { name: string }).name : String(data);
    const [first, last] = name.split(' ');
    return { first, last };
  };
  const V3 = defineEvent('named', Named, { version: 3, upcast });

  it('are made of older ones', () => {
    const of = (version: number, data: unknown) => readData(V3, readMessage(incoming(rawEnvelope({ version, data }))));
    expect(of(3, { first: 'Ada', last: 'Lovelace' })).toEqual({ first: 'Ada', last: 'Lovelace' });
    expect(of(2, 'Ada Lovelace')).toEqual({ first: 'Ada', last: 'Lovelace' });
    expect(of(1, { name: 'Ada Lovelace' })).toEqual({ first: 'Ada', last: 'Lovelace' });
    expect(() => of(2, 'Ada')).toThrow(refused('/last'));
  });

  it('Q12 are refused when they are newer than the reader, or older and there is no way up', () => {
    const V1 = defineEvent('named', Named);
    const data = { first: 'Ada', last: 'Lovelace' };
    expect(() => readData(V3, readMessage(incoming(rawEnvelope({ version: 4, data }))))).toThrow(refused('/version'));
    expect(() =>
      readData({ ...V3, upcast: undefined }, readMessage(incoming(rawEnvelope({ version: 2, data })))),
    ).toThrow(refused('/version'));
    expect(() => readData(V1, readMessage(incoming(rawEnvelope({ version: 2, data }))))).toThrow(refused('/version'));
  });
});

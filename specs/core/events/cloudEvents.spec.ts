import { CloudEvent as SdkEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../lib/contracts/envelope.ts';
import { fromCloudEvent } from '../../../lib/core/events/fromCloudEvent.ts';
import { toCloudEvent } from '../../../lib/core/events/toCloudEvent.ts';
import { runs } from '../../support/seed.ts';

const envelope: Envelope = {
  id: 'a1',
  type: 'account.deposited',
  source: 'accounts',
  time: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  correlationId: 'c1',
  causationId: 'b1',
  tenant: 'acme',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'a=b',
  version: 2,
  data: { amount: 1 },
};

describe('CloudEvents', () => {
  it('are made of envelopes', () => {
    expect(toCloudEvent(envelope)).toEqual({
      specversion: '1.0',
      id: 'a1',
      source: 'accounts',
      type: 'account.deposited',
      time: '2026-01-02T03:04:05.678Z',
      datacontenttype: 'application/json',
      correlationid: 'c1',
      causationid: 'b1',
      tenant: 'acme',
      traceparent: envelope.traceparent,
      tracestate: 'a=b',
      dataversion: 2,
      data: { amount: 1 },
    });
  });

  it('are what the SDK takes for one', () => {
    const event = new SdkEvent({ ...toCloudEvent(envelope) });
    expect(event.validate()).toBe(true);
    expect(fromCloudEvent(JSON.parse(HTTP.structured(event).body as string))).toEqual(envelope);
  });

  it('give the envelope back', () => {
    const id = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-', '~', '!'), minLength: 1, maxLength: 40 });
    const option = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
    const members = fc.record({
      id,
      correlationId: id,
      causationId: option(id),
      tenant: option(id),
      time: fc.nat({ max: Date.UTC(9999, 0) }),
      version: fc.integer({ min: 1, max: 100 }),
      data: fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value))),
    });
    fc.assert(
      fc.property(members, (given) => {
        const written: Envelope = { type: 'a.b', source: 's', ...given };
        expect(fromCloudEvent(JSON.parse(JSON.stringify(toCloudEvent(written))))).toEqual(written);
      }),
      runs(300),
    );
  });

  it('of others lack what is ours', () => {
    const read = fromCloudEvent({
      specversion: '1.0',
      id: '7',
      source: 'https://shop.example/a',
      type: 'order',
      comexampleextension: 1,
    });
    expect(read).toMatchObject({
      id: '7',
      correlationId: '7',
      version: 1,
      type: 'order',
      source: 'https://shop.example/a',
    });
  });

  it.each([
    ['no object', 'text', '/'],
    ['another specversion', { ...toCloudEvent(envelope), specversion: '0.3' }, '/specversion'],
    ['binary data', { ...toCloudEvent(envelope), data_base64: 'AA==' }, '/data_base64'],
    ['XML', { ...toCloudEvent(envelope), datacontenttype: 'text/xml' }, '/datacontenttype'],
    ['a day for a time', { ...toCloudEvent(envelope), time: '2026-01-02' }, '/time'],
    ['no id', { ...toCloudEvent(envelope), id: '' }, '/id'],
  ])('are refused as %s', (_, input, at) => {
    expect(() => fromCloudEvent(input)).toThrow(
      expect.objectContaining({
        code: 'not_decodable',
        faults: expect.arrayContaining([expect.objectContaining({ at })]),
      }),
    );
  });
});

import { createParser, type EventSourceMessage } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sseFrame, SseFieldError } from '../../../lib/adapters/http/sseFrame.ts';
import { runs } from '../../support/seed.ts';

/** What a parser that keeps to the standard makes of bytes that come in pieces. */
function parsed(text: string, cuts: readonly number[] = []): readonly EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onError: (error) => {
      throw error;
    },
  });
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  ends.reduce((from, to) => {
    parser.feed(decoder.decode(bytes.subarray(from, to), { stream: true }));
    return to;
  }, 0);
  return events;
}

const nasty = fc.constantFrom(
  '\n',
  '\r',
  '\r\n',
  '\u0000',
  '\ufeff',
  ' ',
  ':',
  'data:',
  'event: admin',
  '\n\n',
  'id: 9',
  '\ud800',
  '\udc00',
  '\u2028',
);
const anyText = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 10 })
  .map((parts) => parts.join(''));
const isFit = (text: string) => !/[\0\r\n]|\p{Surrogate}/u.test(text);
const cuts = fc.array(fc.nat(), { maxLength: 4 });

describe('sseFrame', () => {
  it('C5 G1 gives exactly one event, with the same text, for any data, kind and id', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.option(anyText.filter(isFit), { nil: undefined }),
        fc.option(anyText.filter(isFit), { nil: undefined }),
        cuts,
        (data, event, id, at) => {
          const frame = sseFrame({ data, event, id });
          const sent = Buffer.from(data)
            .toString()
            .replace(/\r\n|\r/g, '\n');
          expect(parsed(`retry: 1\n\n${frame}`, at)).toEqual([
            { data: sent, event: event === '' ? undefined : event, id },
          ]);
        },
      ),
      runs(),
    );
  });

  it('C5 gives JSON back as it was, one event each, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), cuts, (values, at) => {
        const text = values.map((value, i) => sseFrame({ data: JSON.stringify(value), id: String(i) })).join('');
        expect(parsed(text, at)).toEqual(
          values.map((value, i) => ({ data: JSON.stringify(value), id: String(i), event: undefined })),
        );
      }),
      runs(),
    );
  });

  it.each(['\n', '\r', '\u0000', 'a\nevent: admin', '\ud800', 'x\udc00'])(
    'C5 refuses %j in an id and in a kind',
    (text) => {
      expect(() => sseFrame({ data: '', id: text })).toThrow(SseFieldError);
      expect(() => sseFrame({ data: '', event: text })).toThrow(
        expect.objectContaining({ code: 'invalid_event_field', field: 'event' }),
      );
    },
  );

  it('is what the standard shows', () => {
    expect(sseFrame({ data: 'a\nb', event: 'x', id: '' })).toBe('event: x\ndata: a\ndata: b\nid: \n\n');
    expect(sseFrame({ data: '' })).toBe('data: \n\n');
  });
});

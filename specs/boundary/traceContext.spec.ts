import { describe, expect, it } from 'vitest';
import { readTraceparent, readTracestate } from '../../lib/boundary/traceContext.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('readTraceparent', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, 1],
    [`00-${TRACE}-${SPAN}-00`, 0],
    [`00-${TRACE}-${SPAN}-ff`, 1],
    [`cc-${TRACE}-${SPAN}-01`, 1],
    [`cc-${TRACE}-${SPAN}-01-what-comes-later`, 1],
  ])('reads %s', (text, traceFlags) => {
    expect(readTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags });
  });

  it.each([
    undefined,
    null,
    17,
    {},
    '',
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `cc-${TRACE}-${SPAN}-01more`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-1`,
    ` 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01\n`,
    `cc-${TRACE}-${SPAN}-01-${'x'.repeat(1_000)}`,
  ])('takes for none: %j', (text) => {
    expect(readTraceparent(text)).toBeUndefined();
  });
});

describe('readTracestate', () => {
  it.each([
    ['vendor=1,other=2', 'vendor=1,other=2'],
    ['x'.repeat(513), undefined],
    ['a=1\r\nset-cookie: b', undefined],
    ['', undefined],
    [undefined, undefined],
    [['a=1'], undefined],
  ])('hands on what may be: %j', (text, expected) => {
    expect(readTracestate(text)).toBe(expected);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLinkHeader } from '../../lib/boundary/parseLinkHeader.ts';
import { FormatError } from '../../lib/contracts/failure.ts';
import { runs } from '../support/seed.ts';

const relsOf = (header: string) => parseLinkHeader(header, 'x').map(({ target, rels }) => [target, ...rels]);

describe('parseLinkHeader', () => {
  it.each<[header: string, expected: string[][]]>([
    ['', []],
    [' , ,', []],
    ['<https://a/?page=2>; rel="next"', [['https://a/?page=2', 'next']]],
    [
      '<a>; rel="next", <b>; rel="last"',
      [
        ['a', 'next'],
        ['b', 'last'],
      ],
    ],
    [
      '<a>;rel=next,<b>;rel=last',
      [
        ['a', 'next'],
        ['b', 'last'],
      ],
    ],
    ['< a > ; rel = "next"', [['a', 'next']]],
    ['<a>; rel="prev  NEXT"', [['a', 'prev', 'next']]],
    ['<a>; REL=Next', [['a', 'next']]],
    ['<a>; title="a, b; <c>; rel=\\"next\\""; rel=prev', [['a', 'prev']]],
    ['<a,b;c>; rel=next', [['a,b;c', 'next']]],
    ['<a>; rel=prev; rel=next', [['a', 'prev']]], // the first one counts
    ["<a>; title*=UTF-8''n%c3%a4chste; rel=next; crossorigin", [['a', 'next']]],
    ['<a>; ; rel=next;', [['a', 'next']]],
    ['<a>', [['a']]],
    ['<a>; rel=""', [['a', '']]],
    ['<>; rel=next', [['', 'next']]],
    [
      ', <a>; rel=next,, <b>; rel=last ,',
      [
        ['a', 'next'],
        ['b', 'last'],
      ],
    ],
    ['<a>; rel="https://example.com/rels/next"', [['a', 'https://example.com/rels/next']]],
  ])('reads %j', (header, expected) => {
    expect(relsOf(header)).toEqual(expected);
  });

  it('gives the anchor of a link that is not about its page', () => {
    expect(parseLinkHeader('<a>; rel=next; anchor="#chapter"', 'x')[0]?.anchor).toBe('#chapter');
    expect(parseLinkHeader('<a>; rel=next', 'x')[0]?.anchor).toBeUndefined();
  });

  it.each([
    'a; rel=next',
    '<a; rel=next',
    '<a>; rel="next',
    '<a> rel=next',
    '<a>; rel=next <b>',
    '<a>; =x',
    '<a>; rel="a"b',
  ])('refuses %j, and does not pass over it', (header) => {
    expect(() => parseLinkHeader(header, 'upstream')).toThrow(FormatError);
  });

  it('reads what others write, whatever the target and the texts', () => {
    const target = fc.webUrl({ withQueryParameters: true }).filter((url) => !url.includes('>'));
    const text = fc.string({ unit: 'grapheme-ascii' });
    const quoted = (value: string) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
    fc.assert(
      fc.property(fc.array(fc.record({ target, text }), { maxLength: 5 }), (links) => {
        const header = links.map((link) => `<${link.target}>; title=${quoted(link.text)}; rel="next x"`).join(', ');
        expect(relsOf(header)).toEqual(links.map((link) => [link.target, 'next', 'x']));
      }),
      runs(),
    );
  });

  it('H9 takes linear time for texts made to be slow', () => {
    const size = 100_000;
    const slow = [
      ' '.repeat(size) + 'x',
      '<a>' + ';'.repeat(size) + '"',
      '<a>; rel="' + '\\'.repeat(size),
      '<a>; ' + ' '.repeat(size) + '"',
      '<a>; rel' + ' '.repeat(size) + '!',
      '<'.repeat(size),
      '<a>,'.repeat(size / 4),
    ];
    for (const header of slow) {
      const start = performance.now();
      try {
        parseLinkHeader(header, 'x');
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
      expect(performance.now() - start, header.slice(0, 20)).toBeLessThan(1_000);
    }
  });
});

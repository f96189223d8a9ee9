import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAddressFilter } from '../../../lib/adapters/guard/addressFilter.ts';
import { OptionError } from '../../../operators/errors.ts';
import { runs } from '../../support/seed.ts';

const isAllowed = createAddressFilter([]);

const ipv4 = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
const number4 = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const ipv6 = (value: bigint) =>
  Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(':');
const number6 = (address: string) => {
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return all.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
};

/** S3, row by row. */
const RANGES_4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['255.255.255.255', 32],
];
const within4 = (value: number) =>
  value === number4('168.63.129.16') ||
  RANGES_4.some(
    ([start, bits]) => Math.floor(value / 2 ** (32 - bits)) === Math.floor(number4(start) / 2 ** (32 - bits)),
  );

/** Within the global unicast space, those that lead elsewhere. */
const RANGES_6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];
const within6 = (value: bigint) =>
  value >> 125n !== 1n ||
  RANGES_6.some(([start, bits]) => value >> BigInt(128 - bits) === number6(start) >> BigInt(128 - bits));

describe('createAddressFilter', () => {
  it.each(RANGES_4)('S3 %s/%d: first, last and inner addresses are blocked, its neighbours are not', (start, bits) => {
    const first = number4(start);
    const size = 2 ** (32 - bits);
    const inside = [first, first + size - 1, first + Math.floor(size / 2)].map(ipv4);
    const outside = [first - 1, first + size].filter((value) => value >= 0 && value < 2 ** 32 && !within4(value));

    expect(inside.filter(isAllowed)).toEqual([]);
    expect(outside.map(ipv4).filter((address) => !isAllowed(address))).toEqual([]);
  });

  it.each(RANGES_6)('S2 %s/%d: first, last and inner addresses are blocked, its neighbours are not', (start, bits) => {
    const first = number6(start);
    const size = 1n << BigInt(128 - bits);
    const outside = [first - 1n, first + size].filter((value) => !within6(value));

    expect([first, first + size - 1n, first + size / 2n].map(ipv6).filter(isAllowed)).toEqual([]);
    expect(outside.map(ipv6).filter((address) => !isAllowed(address))).toEqual([]);
  });

  it.each([
    ...['::1', '::', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::7f00:1'],
    ...['64:ff9b:1::1', '2002:7f00:1::', '2001:0:4136:e378:8000:63bf:3fff:fdd2', 'fe80::1', 'fe80::1%eth0', 'fec0::1'],
    ...['fd00::1', 'fd00:ec2::254', 'ff02::1', '5f00::1', '100::1', '2001:db8::1', '3fff::1', '1fff::1', '4000::1'],
    ...[
      '169.254.169.254',
      '168.63.129.16',
      '100.100.100.200',
      '',
      'localhost',
      '1.2.3',
      '0x7f.1',
      '127.1',
      '8.8.8.8:80',
    ],
  ])('S2 S3 blocks %j', (address) => {
    expect(isAllowed(address)).toBe(false);
  });

  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '93.184.216.34',
    '192.31.196.1',
    '2606:4700::1111',
    '2a00:1450:4001::',
    '2620:4f:8000::',
  ])('lets %s pass', (address) => {
    expect(isAllowed(address)).toBe(true);
  });

  it('S3 agrees with the table at any IPv4 address', () => {
    const near = fc
      .tuple(fc.constantFrom(...RANGES_4), fc.integer({ min: -2, max: 2 }), fc.boolean())
      .map(([[start, bits], step, end]) => number4(start) + (end ? 2 ** (32 - bits) : 0) + step)
      .filter((value) => value >= 0 && value < 2 ** 32);
    const any = fc.oneof(near, fc.integer({ min: 0, max: 2 ** 32 - 1 }));
    fc.assert(
      fc.property(any, (value) => isAllowed(ipv4(value)) === !within4(value)),
      runs(),
    );
  });

  it('S2 agrees with the table at any IPv6 address', () => {
    const near = fc
      .tuple(fc.constantFrom(...RANGES_6), fc.bigInt({ min: -2n, max: 2n }), fc.boolean())
      .map(([[start, bits], step, end]) => number6(start) + (end ? 1n << BigInt(128 - bits) : 0n) + step);
    const any = fc.oneof(near, fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }));
    fc.assert(
      fc.property(any, (value) => isAllowed(ipv6(value)) === !within6(value)),
      runs(),
    );
  });

  it('lets those networks pass that it is told, and no more', () => {
    const local = createAddressFilter(['127.0.0.0/8', 'fd00::/8', '10.1.2.3/32']);
    expect(['127.0.0.1', '127.255.255.255', 'fd12::1', '10.1.2.3', '8.8.8.8'].filter((a) => !local(a))).toEqual([]);
    expect(['10.1.2.4', '128.0.0.1', '::1', 'fc00::1', '192.168.0.1'].filter(local)).toEqual(['128.0.0.1']);
  });

  it.each(['127.0.0.1', '127.0.0.0/33', '::/129', '/8', 'localhost/8', '1.2.3/8', ''])(
    'refuses the network %j',
    (network) => {
      expect(() => createAddressFilter([network])).toThrow(OptionError);
    },
  );
});

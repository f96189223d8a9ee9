import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aesGcmSealer } from '../../../lib/adapters/node/index.ts';
import {
  InvalidPageTokenError,
  PageTokenExpiredError,
  PageTokenTooLargeError,
} from '../../../lib/contracts/pageTokenFailure.ts';
import type { TokenSealer } from '../../../lib/contracts/tokenSealer.ts';
import { OptionError } from '../../../operators/errors.ts';
import { runs } from '../../support/seed.ts';

const first = { id: 'k1', secret: 'correct horse battery' };
const second = { id: 'k2', secret: 'staple correct horse' };
const sealer = aesGcmSealer({ keys: [first] });
const { seal, open, digest } = sealer;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const bytesOf = (token: string) => Buffer.from(token, 'base64url');
const tokenOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const somePayload = fc.uint8Array({ maxLength: 200 });

/** What became of a token. */
function verdict(token: string, { open }: TokenSealer = sealer): string {
  try {
    open(token);
    return 'accepted';
  } catch (failure) {
    return failure instanceof Error ? failure.name : 'no error';
  }
}

/** Seals as it is written down: any version, any key, so that only the rule under test can refuse it. */
function sealByHand(payload: Uint8Array, { version = 1, id = first.id, secret = first.secret } = {}): string {
  const header = Buffer.concat([Buffer.of(version, id.length), Buffer.from(id)]);
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'rxfan page tokens 1', 32));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(header);
  return tokenOf(Buffer.concat([header, nonce, cipher.update(payload), cipher.final(), cipher.getAuthTag()]));
}

describe('aesGcmSealer', () => {
  it('K1 opens what it sealed, whatever the payload', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (payload) => {
        const token = seal(payload);
        expect(token).toMatch(/^[\w-]+$/);
        expect(Buffer.compare(open(token), payload)).toBe(0);
      }),
      runs(),
    );
  });

  it('K1 opens what another instance with the same keys sealed', () => {
    const other = aesGcmSealer({
      keys: [second, { ...first, secret: new TextEncoder().encode(first.secret.padEnd(32)) }],
    });
    const same = aesGcmSealer({ keys: [{ ...first }, second] });
    expect(verdict(seal(Buffer.from('x')), same)).toBe('accepted');
    expect(verdict(other.seal(Buffer.from('x')), same)).toBe('accepted');
    expect(verdict(seal(Buffer.from('x')), other)).toBe('InvalidPageTokenError'); // one id, two secrets
  });

  it('K2 refuses a token with any bit changed, each in turn', () => {
    const bytes = bytesOf(seal(Buffer.from('{"npm":["lodash",3]}')));
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(verdict(tokenOf(changed)), `bit ${bit}`).toBe('InvalidPageTokenError');
    }
  });

  it('K2 refuses any change of any tokens: bits, cuts, additions', () => {
    const somewhere = fc.nat();
    fc.assert(
      fc.property(
        somePayload,
        somewhere,
        fc.integer({ min: 1, max: 255 }),
        fc.uint8Array({ minLength: 1 }),
        (...world) => {
          const [payload, at, difference, more] = world;
          const bytes = bytesOf(seal(payload));
          const changed = Buffer.from(bytes);
          changed[at % bytes.length]! ^= difference;
          const cut = bytes.subarray(0, at % bytes.length);
          const longer = [Buffer.concat([bytes, more]), Buffer.concat([more, bytes])];

          for (const forged of [changed, cut, bytes.subarray((at % bytes.length) + 1), ...longer]) {
            expect(verdict(tokenOf(forged))).toBe('InvalidPageTokenError');
          }
        },
      ),
      runs(),
    );
  });

  it('K2 refuses the splice of two valid tokens, wherever they are cut', () => {
    fc.assert(
      fc.property(somePayload, somePayload, fc.nat(), fc.nat(), (a, b, cutA, cutB) => {
        const [head, tail] = [bytesOf(seal(a)), bytesOf(seal(b))];
        const at = 1 + (cutA % (head.length - 1)); // keeps some of the one
        const from = 1 + (cutB % (tail.length - 1)); // and some of the other
        const spliced = Buffer.concat([head.subarray(0, at), tail.subarray(from)]);
        // Two tokens begin alike, so that a cut within what they share gives back the second one.
        if (!spliced.equals(tail)) expect(verdict(tokenOf(spliced))).toBe('InvalidPageTokenError');
      }),
      runs(),
    );
  });

  it('K2 refuses noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.string({ unit: 'binary' }), (noise, text) => {
        const begun = Buffer.concat([bytesOf(seal(noise)).subarray(0, 4), noise]); // with version and key id of ours
        for (const token of [tokenOf(noise), tokenOf(begun), text])
          expect(verdict(token)).toBe('InvalidPageTokenError');
      }),
      runs(),
    );
  });

  it('K3 accepts exactly one spelling of a token', () => {
    fc.assert(
      fc.property(
        somePayload,
        fc.nat(),
        fc.constantFrom('=', '==', ' ', '\n', '\t', '!', '+', '/', '.', '\u0000', 'é'),
        (...world) => {
          const [payload, position, junk] = world;
          const token = seal(payload);
          const at = position % (token.length + 1);
          expect(verdict(token.slice(0, at) + junk + token.slice(at))).toBe('InvalidPageTokenError');
          expect(verdict(`${token}${junk}`)).toBe('InvalidPageTokenError');
          for (const last of ALPHABET) {
            const respelt = token.slice(0, -1) + last;
            if (respelt !== token) expect(verdict(respelt)).toBe('InvalidPageTokenError');
          }
        },
      ),
      runs(),
    );
  });

  it('K3 refuses the other base64 alphabet', () => {
    const tokens = Array.from({ length: 100 }, (_, i) => seal(Buffer.alloc(i)));
    const respelt = tokens.map((token) => token.replaceAll('-', '+').replaceAll('_', '/'));
    expect(respelt).not.toEqual(tokens);
    respelt.forEach((token, i) =>
      expect(verdict(token)).toBe(token === tokens[i] ? 'accepted' : 'InvalidPageTokenError'),
    );
  });

  it('K5 shows nothing of the payload, nor whether two are equal', () => {
    const word = fc.string({
      unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz')),
      minLength: 5,
      maxLength: 20,
    });
    fc.assert(
      fc.property(word, fc.nat(), (name, offset) => {
        const payload = Buffer.from(JSON.stringify({ [name]: offset }));
        const token = seal(payload);
        const bytes = bytesOf(token);
        for (const secret of [Buffer.from(name), payload, Buffer.from(first.secret)]) {
          expect(bytes.includes(secret)).toBe(false);
          expect(token).not.toContain(tokenOf(secret));
        }
        expect(seal(payload)).not.toBe(token);
      }),
      runs(),
    );
  });

  it('K9 seals up to 8 KiB of text, and says when it is more', () => {
    const room = (8_192 / 4) * 3 - (2 + first.id.length + 12 + 16);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 10_000 }), (below, above) => {
        const largest = seal(new Uint8Array(room - below));
        expect(largest.length).toBeLessThanOrEqual(8_192);
        expect(open(largest)).toHaveLength(room - below);
        expect(() => seal(new Uint8Array(room + above))).toThrow(PageTokenTooLargeError);
      }),
      runs(),
    );
  });

  it('K9 refuses more than 8 KiB, however well they are sealed', () => {
    expect(sealByHand(new Uint8Array(6_112))).toHaveLength(8_192);
    expect(verdict(sealByHand(new Uint8Array(6_112)))).toBe('accepted');
    expect(verdict(sealByHand(new Uint8Array(6_113)))).toBe('InvalidPageTokenError');
  });

  it('K9 K10 refuses in less than a millisecond, which is too short to decode what is over the limit', () => {
    const token = seal(Buffer.alloc(6_000));
    const tokens = [
      token.slice(0, -1),
      `B${token.slice(1)}`,
      `${token}=`,
      `${token.slice(0, 4_000)}A${token.slice(4_001)}`,
    ];
    for (const refused of [...tokens, '!'.repeat(8_192), 'A'.repeat(10_000_000), '{"npm":77}']) {
      const tookMs = Array.from({ length: 101 }, () => {
        const start = performance.now();
        verdict(refused);
        return performance.now() - start;
      });
      expect(tookMs.sort((a, b) => a - b)[50], refused.slice(0, 20)).toBeLessThan(1); // the median: others are busy too
    }
  });

  it('K11 refuses in the same words, whatever is wrong', () => {
    const token = seal(Buffer.from('x'));
    const refused = [
      '',
      '{"helm.packages":77,"kapp_controller":13}',
      Buffer.from('{"helm.packages":77}').toString('base64url'),
      `${token}=`,
      token.slice(1),
      `${token.slice(0, -2)}AA`,
      'A'.repeat(9_000),
      sealByHand(Buffer.from('x'), { version: 2 }),
      sealByHand(Buffer.from('x'), { id: 'nobody' }),
      sealByHand(Buffer.from('x'), { secret: second.secret }),
    ];
    const publicly = refused.map((bad) => {
      try {
        return open(bad);
      } catch (failure) {
        const { name, message, code } = failure as InvalidPageTokenError;
        return { name, message, code };
      }
    });
    const { name, message, code } = new InvalidPageTokenError();
    for (const seen of publicly) expect(seen).toEqual({ name, message, code });
  });

  it('K11 refuses any text in the same words', () => {
    const { name, message, code } = new InvalidPageTokenError();
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()), (text) => {
        let failure: unknown;
        try {
          open(text);
        } catch (thrown) {
          failure = thrown;
        }
        expect(failure).toMatchObject({ name, message, code });
      }),
      runs(),
    );
  });

  it('K12 reads tokens of layout 1 as they were written down', () => {
    const keys = [{ id: '2026-11', secret: 'golden tokens stay readable' }];
    const golden = 'AQcyMDI2LTExtkWEFyn1TBfwLmz10UWiJ1oNJxEETjqtVUuVKuUK-rTgBIa34jsWNAhq7FlD-yh3';
    expect(Buffer.from(aesGcmSealer({ keys }).open(golden)).toString()).toBe('{"npm":["lodash",3]}');
    expect(verdict(sealByHand(Buffer.from('x')))).toBe('accepted');
  });

  it('K12 refuses every other version, however well it is sealed', () => {
    for (let version = 0; version < 256; version++) {
      const expected = version === 1 ? 'accepted' : 'InvalidPageTokenError';
      expect(verdict(sealByHand(Buffer.from('x'), { version })), `version ${version}`).toBe(expected);
    }
  });

  it('K12 reads layout 1 and refuses the others, whatever they hold', () => {
    fc.assert(
      fc.property(somePayload, fc.integer({ min: 0, max: 255 }), (payload, version) => {
        const expected = version === 1 ? 'accepted' : 'InvalidPageTokenError';
        expect(verdict(sealByHand(payload, { version }))).toBe(expected);
      }),
      runs(),
    );
  });

  it.each(['__proto__', 'constructor', 'toString', '..', 'k3', '', 'k'.repeat(255)])(
    'refuses the unknown key id %j',
    (id) => {
      expect(verdict(sealByHand(Buffer.from('x'), { id }))).toBe('InvalidPageTokenError');
    },
  );

  it('digests equal texts alike, and others apart, in 22 characters', () => {
    const texts = ['', 'a', 'b', 'ab', 'ba', '\ud800', '\udc00', '\ufffd', 'x'.repeat(100_000)];
    for (const text of texts) expect(digest(text)).toMatch(/^[\w-]{22}$/);
    expect(texts.map(aesGcmSealer({ keys: [second] }).digest)).toEqual(texts.map(digest)); // whatever the key
    expect(new Set(texts.map(digest)).size).toBe(texts.length);
  });
});

describe('K8 when keys change', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-01T00:00:00Z') }));
  afterEach(() => void vi.useRealTimers());

  const old = aesGcmSealer({ keys: [first] });
  const rotated = aesGcmSealer({ keys: [second, { ...first, acceptUntil: new Date('2026-11-02T00:00:00Z') }] });
  const done = aesGcmSealer({ keys: [second], retiredKeyIds: ['k1'] });
  const payload = Buffer.from('x');

  it('K8 takes tokens of the key before for its time, and tells apart what has expired and what never was', () => {
    const start = new Date('2026-11-01T00:00:00Z').getTime();
    const until = new Date('2026-11-02T00:00:00Z').getTime();
    fc.assert(
      fc.property(somePayload, fc.integer({ min: 0, max: 2 * 86_400_000 }), (held, afterMs) => {
        const token = old.seal(held);
        vi.setSystemTime(start + afterMs);
        const expected = start + afterMs <= until ? 'accepted' : 'PageTokenExpiredError';

        expect(verdict(token, rotated)).toBe(expected);
        expect(verdict(token, done)).toBe('PageTokenExpiredError');
        expect(verdict(token, aesGcmSealer({ keys: [second] }))).toBe('InvalidPageTokenError');
        expect(verdict(rotated.seal(held), done)).toBe('accepted');
      }),
      runs(),
    );
  });

  it('K8 seals with the first key, and opens with all of them', () => {
    const idOf = (token: string) => bytesOf(token).toString('latin1', 2, 4);
    expect(idOf(rotated.seal(payload))).toBe('k2');
    expect(verdict(rotated.seal(payload), done)).toBe('accepted');
    expect(verdict(old.seal(payload), rotated)).toBe('accepted');
    expect(verdict(rotated.seal(payload), old)).toBe('InvalidPageTokenError'); // it has never seen that key
  });

  it('K8 takes tokens of a key for expired once its time is over', () => {
    const token = old.seal(payload);
    vi.setSystemTime(new Date('2026-11-02T00:00:00.000Z'));
    expect(verdict(token, rotated)).toBe('accepted');
    vi.setSystemTime(new Date('2026-11-02T00:00:00.001Z'));
    expect(verdict(token, rotated)).toBe('PageTokenExpiredError');
    expect(verdict(rotated.seal(payload), rotated)).toBe('accepted');
    expect(verdict(`${token.slice(0, -2)}AA`, rotated)).toBe('InvalidPageTokenError'); // expired only if it was ours
  });

  it('K8 takes tokens of a retired key for expired, and those of an unknown one for invalid', () => {
    expect(() => done.open(old.seal(payload))).toThrow(PageTokenExpiredError);
    expect(verdict(sealByHand(payload, { id: 'k0' }), done)).toBe('InvalidPageTokenError');
  });
});

describe('the keys of aesGcmSealer', () => {
  const secret = 'hidden hidden hidden';

  it.each([
    ['none', { keys: [] }],
    ['a short text', { keys: [{ id: 'a', secret: 'hidden hidden' }] }],
    ['few bytes', { keys: [{ id: 'a', secret: new Uint8Array(31) }] }],
    ['an empty id', { keys: [{ id: '', secret }] }],
    ['a long id', { keys: [{ id: 'k'.repeat(17), secret }] }],
    ['an id with other characters', { keys: [{ id: 'a:b', secret }] }],
    ['an id with a line end', { keys: [{ id: 'a\n', secret }] }],
    [
      'an id twice',
      {
        keys: [
          { id: 'a', secret },
          { id: 'a', secret },
        ],
      },
    ],
    ['an end for the key that seals', { keys: [{ id: 'a', secret, acceptUntil: new Date() }] }],
    [
      'an end that is no date',
      {
        keys: [
          { id: 'a', secret },
          { id: 'b', secret, acceptUntil: new Date('soon') },
        ],
      },
    ],
    ['a retired id that is in use', { keys: [{ id: 'a', secret }], retiredKeyIds: ['a'] }],
    ['a retired id that is none', { keys: [{ id: 'a', secret }], retiredKeyIds: [''] }],
  ])('are refused, and not shown: %s', (_, options) => {
    let failure: unknown;
    try {
      aesGcmSealer(options);
    } catch (thrown) {
      failure = thrown;
    }
    expect(failure).toBeInstanceOf(OptionError);
    expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain('hidden');
  });

  it('may be called like properties of any object', () => {
    const odd = aesGcmSealer({
      keys: [
        { id: '__proto__', secret },
        { id: 'constructor', secret },
      ],
    });
    expect(verdict(odd.seal(Buffer.from('x')), odd)).toBe('accepted');
  });
});

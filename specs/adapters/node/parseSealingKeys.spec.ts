import { describe, expect, it } from 'vitest';
import { aesGcmSealer, parseSealingKeys } from '../../../lib/adapters/node/index.ts';
import { OptionError } from '../../../operators/errors.ts';

describe('parseSealingKeys', () => {
  it('reads keys in their order, and ids of those that are gone', () => {
    expect(parseSealingKeys(' 2026-11 : a secret: with a colon , 2026-10:another long secret,2026-09:retired')).toEqual(
      {
        keys: [
          { id: '2026-11', secret: 'a secret: with a colon' },
          { id: '2026-10', secret: 'another long secret' },
        ],
        retiredKeyIds: ['2026-09'],
      },
    );
  });

  it('gives what aesGcmSealer takes', () => {
    const { seal, open } = aesGcmSealer(parseSealingKeys('k1:correct horse battery'));
    expect(Buffer.from(open(seal(Buffer.from('x')))).toString()).toBe('x');
  });

  it.each([
    ['', 'entry 1 of PAGE_TOKEN_KEYS'],
    ['hidden-hidden-hidden', 'entry 1 of PAGE_TOKEN_KEYS'],
    ['k1:hidden hidden hidden,', 'entry 2 of PAGE_TOKEN_KEYS'],
    [':hidden hidden hidden', 'entry 1 of PAGE_TOKEN_KEYS'],
    ['k1:', 'entry 1 of PAGE_TOKEN_KEYS'],
    ['k1:hidden', 'entry 1 of PAGE_TOKEN_KEYS'],
    ['hidden hidden:hidden hidden hidden', 'entry 1 of PAGE_TOKEN_KEYS'],
    ['k1:hidden hidden hidden,k2=hidden hidden hidden', 'entry 2 of PAGE_TOKEN_KEYS'],
  ])('names the place of what is wrong, and shows no secret: %j', (line, place) => {
    let failure: unknown;
    try {
      parseSealingKeys(line);
    } catch (thrown) {
      failure = thrown;
    }
    expect(failure).toBeInstanceOf(OptionError);
    expect(String(failure)).toContain(place);
    expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain('hidden');
  });

  it('names another variable, if told', () => {
    expect(() => parseSealingKeys('x', 'KEYS')).toThrow('entry 1 of KEYS');
  });
});

import { describe, expect, it } from 'vitest';
import { ephemeralSealer } from '../../../lib/adapters/node/index.ts';
import { InvalidPageTokenError } from '../../../lib/contracts/pageTokenFailure.ts';

describe('ephemeralSealer', () => {
  it('warns once, whatever it seals', () => {
    const warnings: string[] = [];
    const { seal, open } = ephemeralSealer({ warn: (message) => warnings.push(message) });
    for (const text of ['a', 'b']) expect(Buffer.from(open(seal(Buffer.from(text)))).toString()).toBe(text);
    expect(warnings).toEqual([expect.stringContaining('page tokens')]);
  });

  it('warns through the process, unless told otherwise', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    ephemeralSealer();
    expect(await warned).toMatchObject({ name: 'PageTokenWarning' });
  });

  it('refuses the tokens of another one', () => {
    const [a, b] = [ephemeralSealer({ warn: () => {} }), ephemeralSealer({ warn: () => {} })];
    expect(() => b.open(a.seal(Buffer.from('x')))).toThrow(InvalidPageTokenError);
  });
});

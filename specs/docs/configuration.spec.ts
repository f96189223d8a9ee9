import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { configurationText } from '../../docs/site/generate/configurationText.ts';

describe('docs/configuration.md', () => {
  it('is what the codecs say: npm run docs:configuration writes it anew', async () => {
    const text = await format(configurationText(), { parser: 'markdown', singleQuote: true, printWidth: 120 });

    expect(readFileSync('docs/configuration.md', 'utf8')).toBe(text);
  });

  it('leaves no setting without a meaning', () => {
    const empty = configurationText()
      .split('\n')
      .filter((line) => /^\|.*\|\s*\|$/.test(line));

    expect(empty).toEqual([]);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../../lib/systems/cli/log.ts';
import { plain } from '../../../lib/systems/cli/plain.ts';
import { runs } from '../../support/seed.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  write(createLog((line) => (text += line)));
  return text;
}

describe('createLog', () => {
  it('writes time, level, message and facts on one line', () => {
    const line = logged((log) => log.warn('a source is unreachable', { source: 'npm', tries: 3, last: undefined }));

    expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z warn a source is unreachable source="npm" tries=3 last=-\n$/);
  });

  it('writes an error with its stack and its cause, still on one line', () => {
    const failure = new Error('first', { cause: new Error('second') });

    const line = logged((log) => log.error('a request failed', { failure }));

    expect(line).toMatch(/failure="Error: first\\n {4}at .*; cause: Error: second"\n$/);
    expect(line.split('\n')).toHaveLength(2);
  });

  it('H8 splits no line, whatever message and facts hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (message) => {
        const line = logged((log) =>
          log.info(`${message}\n2026-01-01T00:00:00.000Z error forged`, { fact: message, other: [message] }),
        );
        expect(line.endsWith('\n')).toBe(true);
        // eslint-disable-next-line no-control-regex -- these must not come through
        expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
      }),
      runs(),
    );
  });
});

describe('plain', () => {
  it('leaves texts of any language alone', () => {
    for (const text of ['plain', 'größer', '日本語', '😀', 'a\\b']) expect(plain(text)).toBe(text);
  });

  it('writes out what would steer a terminal', () => {
    expect(plain('\u001b[31mred\u0007\r\n\u202e\u2028\u0085')).toBe(
      String.raw`\u001b[31mred\u0007\u000d\u000a\u202e\u2028\u0085`,
    );
  });
});

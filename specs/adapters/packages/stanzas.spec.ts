import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stanzas } from '../../../lib/adapters/packages/stanzas.ts';
import { FormatError } from '../../../lib/contracts/failure.ts';
import { runs } from '../../support/seed.ts';

const FIELDS = ['Package', 'Version', 'Description'] as const;

async function* chunks(...parts: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Promise.resolve(typeof part === 'string' ? Buffer.from(part) : part) as never;
}

async function read(...parts: readonly (string | Buffer)[]) {
  const all: { line: number; fields: Record<string, string> }[] = [];
  for await (const batch of stanzas(chunks(...parts), { where: 'status', fields: FIELDS })) {
    all.push(...batch.map(({ line, fields }) => ({ line, fields: { ...fields } })));
  }
  return all;
}

const failure = (...parts: readonly (string | Buffer)[]) =>
  read(...parts).then(
    (all) => all,
    (error: unknown) => error,
  );

describe('stanzas', () => {
  it('gives the first line of the wanted fields, and where each paragraph starts', async () => {
    const text = 'Package: a\nVersion: 1\nDescription: one\n more of it\nDepends: x\n\n\nPackage: b\nVersion: 2\n';

    expect(await read(text)).toEqual([
      { line: 1, fields: { Package: 'a', Version: '1', Description: 'one' } },
      { line: 8, fields: { Package: 'b', Version: '2' } },
    ]);
  });

  it('takes field names in any case, values with any spaces around, and lines that end with CR LF', async () => {
    expect(await read('PACKAGE:a\r\nversion:  \t1 \r\n\r\nPackage: b\r\n')).toEqual([
      { line: 1, fields: { Package: 'a', Version: '1' } },
      { line: 4, fields: { Package: 'b' } },
    ]);
  });

  it('is empty for an empty file and for blank lines', async () => {
    expect(await read()).toEqual([]);
    expect(await read('\n\n\n')).toEqual([]);
  });

  it('leaves prototypes alone', async () => {
    const [stanza] = await read('__proto__: polluted\nconstructor: polluted\nPackage: __proto__\n');

    expect(stanza?.fields).toEqual({ Package: '__proto__' });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    ['is no field', 'Package: a\nnonsense\n', 2, 'expected "Field: value"'],
    ['has no field name', 'Package: a\n: 1\n', 2, 'expected "Field: value"'],
    ['has a field name with a space', 'Package: a\nVer sion: 1\n', 2, 'expected "Field: value"'],
    ['continues nothing', 'Package: a\n\n more\n', 3, 'continuation'],
    ['gives a field twice', 'Package: a\nVersion: 1\nVersion: 2\n', 3, 'Version is given twice'],
    ['holds a control character', 'Package: a\nVersion: 1\u001b[31m\n', 2, 'control characters'],
    ['is cut off', 'Package: a\nVersion: 1', 2, 'cut off'],
    ['is cut off after a paragraph', 'Package: a\n\nPackag', 3, 'cut off'],
  ])('names the line that %s', async (_, text, line, problem) => {
    const error = await failure(text);

    expect(error).toBeInstanceOf(FormatError);
    expect(error).toMatchObject({ where: 'status', line, code: 'bad_format' });
    expect((error as Error).message).toContain(problem);
  });

  it('refuses what is not text at all', async () => {
    expect(await failure(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 10, 0, 10]))).toMatchObject({ line: 1 });
  });

  it('reads no more than a megabyte of a line without end', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from('Package: a\nDescription: ');
      for (; given < 100; given++) yield Promise.resolve(Buffer.alloc(1024 * 1024, 'x')) as never;
    }
    const all = stanzas(endless(), { where: 'status', fields: FIELDS }).next();

    await expect(all).rejects.toMatchObject({ name: 'FormatError', line: 2 });
    expect(given).toBeLessThan(3);
  });

  it('gives the same for every way of cutting the file into chunks', async () => {
    const line = fc.oneof(
      fc.constantFrom('', 'Package: a', 'Version: 1:2~ä', 'Description: d 😀', ' more', 'Depends: x', 'bad', 'x:\r'),
      fc.string({ maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 12 }),
        fc.boolean(),
        fc.array(fc.nat()),
        async (lines, ended, cuts) => {
          const bytes = Buffer.from(lines.join('\n') + (ended ? '\n' : ''));
          const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
          const parts = [0, ...places].map((place, i) => bytes.subarray(place, places[i] ?? bytes.length));

          expect(await failure(...parts)).toEqual(await failure(bytes));
        },
      ),
      runs(),
    );
  });
});

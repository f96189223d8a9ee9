import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { firstValueFrom, take, timeout, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTail } from '../../../lib/adapters/file/createTail.ts';
import { tailFile, type TailFileOptions } from '../../../lib/adapters/file/tailFile.ts';
import { OptionError } from '../../../operators/errors.ts';
import { countTimers } from '../../../lib/testing/countTimers.ts';
import { runs } from '../../support/seed.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { openFiles } from './support/openFiles.ts';

/** A tail that is looked at by hand, so that nothing depends on time. */
function tailOf(path: string, from: 'start' | 'end' = 'start', maxLineBytes = 1_000) {
  const lines: string[] = [];
  const tail = createTail({ path, from, maxLineBytes, onTooLong: () => lines.push('(too long)') });
  onTestFinished(() => tail.close());
  const look = async () => {
    await tail.read(
      (line) => lines.push(line),
      () => false,
    );
    return lines.splice(0);
  };
  return { look, close: () => tail.close() };
}

describe('tailFile', () => {
  it('gives what is appended, line by line', async () => {
    const path = join(temporaryFolder({ log: 'old\n' }), 'log');
    const { look } = tailOf(path, 'end');
    expect(await look()).toEqual([]);
    appendFileSync(path, 'one\ntwo\r\nthr');
    expect(await look()).toEqual(['one', 'two']);
    appendFileSync(path, 'ee\n');
    expect(await look()).toEqual(['three']);
    expect(await look()).toEqual([]);
  });

  it('begins at the start if asked to', async () => {
    const path = join(temporaryFolder({ log: 'a\nb' }), 'log');
    const { look } = tailOf(path);
    expect(await look()).toEqual(['a']);
    appendFileSync(path, '\n');
    expect(await look()).toEqual(['b']);
  });

  it('leaves out a line that had begun before it', async () => {
    const path = join(temporaryFolder({ log: 'half' }), 'log');
    const { look } = tailOf(path, 'end');
    await look();
    appendFileSync(path, ' a line\nwhole\n');
    expect(await look()).toEqual(['whole']);
  });

  it('waits for a file that is not there yet, and has all of it', async () => {
    const path = join(temporaryFolder(), 'deep', 'log');
    const { look } = tailOf(path, 'end');
    expect(await look()).toEqual([]);
    mkdirSync(join(path, '..'));
    writeFileSync(path, 'first\n');
    expect(await look()).toEqual(['first']);
  });

  it('reads a file that was renamed to its end, and then the one that took its name', async () => {
    const folder = temporaryFolder({ log: 'a\n' });
    const path = join(folder, 'log');
    const { look } = tailOf(path);
    expect(await look()).toEqual(['a']);

    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, 'b\n');
    expect(await look()).toEqual(['b']);
    appendFileSync(`${path}.1`, 'c\nunended');
    writeFileSync(path, 'new\n');
    expect(await look()).toEqual(['c', 'unended', 'new']);
    appendFileSync(path, 'more\n');
    expect(await look()).toEqual(['more']);
    expect(openFiles(folder)).toEqual([path]);
  });

  it.each([1, 2, 3, 4, 5])(
    'loses nothing of a file that grows and is renamed while it is read: moment %i',
    async (moment) => {
      const path = join(temporaryFolder({ log: 'a\n' }), 'log');
      const tail = createTail({ path, from: 'start', maxLineBytes: 100, onTooLong: () => {} });
      const lines: string[] = [];
      let asked = 0;
      const isLeft = () => {
        if (++asked === moment) {
          appendFileSync(path, 'b\n');
          renameSync(path, `${path}.1`);
          writeFileSync(path, 'c\n');
        }
        return false;
      };
      while (asked < 10) await tail.read((line) => lines.push(line), isLeft);
      tail.close();
      expect(lines).toEqual(['a', 'b', 'c']);
    },
  );

  it('goes on with a file that was removed and made anew', async () => {
    const path = join(temporaryFolder({ log: 'a\n' }), 'log');
    const { look } = tailOf(path);
    await look();
    rmSync(path);
    expect(await look()).toEqual([]);
    writeFileSync(path, 'b\n');
    expect(await look()).toEqual(['b']);
  });

  it('begins anew with a file that was cut', async () => {
    const path = join(temporaryFolder({ log: 'a long beginning\nand half' }), 'log');
    const { look } = tailOf(path);
    expect(await look()).toEqual(['a long beginning']);
    truncateSync(path, 0);
    appendFileSync(path, 'b\n');
    expect(await look()).toEqual(['and half', 'b']);
  });

  it('leaves out lines that are too long, says so, and goes on', async () => {
    const path = join(temporaryFolder({ log: '' }), 'log');
    const { look } = tailOf(path, 'start', 10);
    appendFileSync(path, `a\n${'x'.repeat(300_000)}`);
    expect(await look()).toEqual(['a', '(too long)']);
    appendFileSync(path, `${'x'.repeat(300_000)}\nb\n`);
    expect(await look()).toEqual(['b']);
  });

  it('gives characters whole that come in pieces', async () => {
    const path = join(temporaryFolder({ log: '' }), 'log');
    const { look } = tailOf(path);
    const seen: string[] = [];
    for (const byte of Buffer.from('é😀\r\n\u2028\n')) {
      appendFileSync(path, Buffer.of(byte));
      seen.push(...(await look()));
    }
    expect(seen).toEqual(['é😀', '\u2028']);
  });

  it('loses and doubles nothing, over any appends, renames, and looks', async () => {
    const act = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          append: fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r\n', '😀'), maxLength: 8 }),
        }),
      },
      { weight: 2, arbitrary: fc.constant('look' as const) },
      { weight: 1, arbitrary: fc.constant('rename' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const path = join(temporaryFolder({ log: '' }), 'log');
        const { look, close } = tailOf(path);
        const files = [''];
        const seen = await look();
        for (const each of acts) {
          if (each === 'look') seen.push(...(await look()));
          else if (each === 'rename') {
            seen.push(...(await look())); // of two renames between two looks the first would be lost
            renameSync(path, `${path}.${files.length}`);
            writeFileSync(path, '');
            files.push('');
          } else {
            appendFileSync(path, each.append);
            files.push(files.pop()! + each.append);
          }
        }
        seen.push(...(await look()));
        close();
        const expected = files.flatMap((text, i) => {
          const lines = text.split('\n');
          const rest = lines.pop()!;
          return [...lines, ...(i < files.length - 1 && rest !== '' ? [rest] : [])].map((line) =>
            line.replace(/\r$/, ''),
          );
        });
        expect(seen).toEqual(expected);
      }),
      runs(100),
    );
  });

  it('looks again and again, and hands on what came', async () => {
    const path = join(temporaryFolder({ log: 'a\nb\n' }), 'log');
    const rejected: unknown[] = [];
    const options: TailFileOptions = {
      path,
      pollMs: 1,
      from: 'start',
      maxLineBytes: 5,
      onReject: (error) => rejected.push(error),
    };
    const lines = firstValueFrom(tailFile(options).pipe(take(4), toArray(), timeout(10_000)));
    appendFileSync(path, 'too long\nc\nd\n');
    expect(await lines).toEqual(['a', 'b', 'c', 'd']);
    expect(rejected).toMatchObject([{ code: 'too_large', where: `a line of ${path}`, maxBytes: 5 }]);
  });

  it('looks as often as it is told to, by the clock of rxjs', async () => {
    const folder = temporaryFolder({ log: 'zero\n' });
    const path = join(folder, 'log');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const seen: string[] = [];
    const tail = tailFile({ path, from: 'start', pollMs: 60_000, onReject: () => {} }).subscribe((line) =>
      seen.push(line),
    );
    /** Asks the disk more often than a look does, so that one that has begun is over. */
    const lookIsOver = async () => {
      for (let i = 0; i < 20; i++) await stat(folder);
    };
    const untilSeen = async (count: number) => {
      for (let i = 0; seen.length < count && i < 10_000; i++) await stat(folder);
    };
    await vi.advanceTimersByTimeAsync(0); // the first look
    await untilSeen(1);
    await lookIsOver();

    for (const lines of [
      ['zero', 'one'],
      ['zero', 'one', 'two'],
    ]) {
      appendFileSync(path, `${lines.at(-1)!}\n`);
      await vi.advanceTimersByTimeAsync(59_999);
      await lookIsOver();
      expect(seen).toEqual(lines.slice(0, -1));
      await vi.advanceTimersByTimeAsync(1);
      await untilSeen(lines.length);
      expect(seen).toEqual(lines);
      await lookIsOver();
    }
    tail.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('X3 leaves no file open and no timer, whenever it is left', async () => {
    const folder = temporaryFolder({ log: 'a\n'.repeat(100_000) });
    const path = join(folder, 'log');
    const options: TailFileOptions = { path, pollMs: 1, from: 'start', onReject: () => {} };
    expect(countTimers(() => tailFile(options).subscribe().unsubscribe())).toBe(0);
    for (const count of [1, 2, 40_000, 100_000])
      await firstValueFrom(tailFile(options).pipe(take(count), toArray(), timeout(10_000)));
    for (let i = 0; openFiles(folder).length > 0 && i < 10_000; i++)
      await new Promise((resolve) => setImmediate(resolve));
    expect(openFiles(folder)).toEqual([]);
  });

  it('stops in the middle of a file when it is left', async () => {
    const path = join(temporaryFolder({ log: 'a\n'.repeat(300_000) }), 'log');
    let seen = 0;
    await new Promise<void>((resolve) => {
      const tail = tailFile({ path, from: 'start', onReject: () => {} }).subscribe(() => {
        if (++seen === 5) {
          tail.unsubscribe();
          resolve();
        }
      });
    });
    expect(seen).toBe(5);
  });

  it('errors at what is no file, without waiting for a writer', async () => {
    const folder = temporaryFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    symlinkSync('loop', join(folder, 'loop'));
    for (const [name, reason] of [
      ['', 'it is not a file'],
      ['pipe', 'it is not a file'],
      ['loop', 'too many symbolic links'],
    ] as const) {
      const path = join(folder, name);
      await expect(firstValueFrom(tailFile({ path, onReject: () => {} }))).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining(reason),
      });
    }
    expect(openFiles(folder)).toEqual([]);
  });

  it.each([{ pollMs: 0 }, { pollMs: NaN }, { maxLineBytes: 0 }, { from: 'middle' }])('refuses %j', (options) => {
    expect(() => tailFile({ path: 'x', onReject: () => {}, ...(options as object) })).toThrow(OptionError);
  });
});

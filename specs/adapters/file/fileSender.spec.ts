import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fileSender, type FileSenderOptions } from '../../../lib/adapters/file/fileSender.ts';
import type { RoutedEvent } from '../../../lib/contracts/routedEvent.ts';
import { watchedSignal } from '../../../lib/testing/watchedSignal.ts';
import { OptionError } from '../../../operators/errors.ts';
import { runs } from '../../support/seed.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { openFiles } from './support/openFiles.ts';

const event = (id: string, payload: unknown = null): RoutedEvent => ({ id, payload, tenant: 't', receivedAt: 0 });
const linesOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').split('\n') : ['']);
const idsOf = (path: string) =>
  linesOf(path)
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as RoutedEvent).id);

function setUp(options: Partial<FileSenderOptions> = {}) {
  const folder = temporaryFolder();
  const path = join(folder, 'events.jsonl');
  const sender = fileSender({ name: 'file', path, ...options });
  const send = (given: RoutedEvent, signal?: AbortSignal): Promise<unknown> =>
    lastValueFrom(sender.send(given, signal), { defaultValue: 'sent' }).catch((failure: unknown) => failure);
  return { folder, path, sender, send };
}

describe('fileSender', () => {
  it('appends one line of JSON per event, and is done when it is there', async () => {
    const { path, send, sender } = setUp();
    void sender.send(event('never'));
    expect(await send(event('1', { b: '\n', a: [1] }))).toBe('sent');
    expect(linesOf(path)).toEqual(['{"id":"1","payload":{"a":[1],"b":"\\n"},"receivedAt":0,"tenant":"t"}', '']);
    expect(await send(event('2'))).toBe('sent');
    expect(idsOf(path)).toEqual(['1', '2']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('writes events that come together in their order', async () => {
    const { path, send } = setUp();
    const ids = Array.from({ length: 500 }, (_, i) => String(i));
    expect(new Set(await Promise.all(ids.map((id) => send(event(id)))))).toEqual(new Set(['sent']));
    expect(idsOf(path)).toEqual(ids);
  });

  it('keeps a file within its size, and the one before', async () => {
    const { path, send } = setUp({ maxBytes: 200 });
    for (let i = 0; i < 12; i++) {
      await send(event(`e${i}`));
      expect(statSync(path).size).toBeLessThanOrEqual(200);
    }
    const kept = [...idsOf(`${path}.1`), ...idsOf(path)];
    expect(kept).toEqual(Array.from({ length: 12 }, (_, i) => `e${i}`).slice(-kept.length));
    expect(idsOf(`${path}.1`).length).toBe(Math.floor(200 / 54));
  });

  it('splits what comes together over the files it needs', async () => {
    const { path, send } = setUp({ maxBytes: 200 });
    expect(new Set(await Promise.all(Array.from({ length: 8 }, (_, i) => send(event(`e${i}`)))))).toEqual(
      new Set(['sent']),
    );
    expect([idsOf(`${path}.1`), idsOf(path)]).toEqual([
      ['e3', 'e4', 'e5'],
      ['e6', 'e7'],
    ]);
  });

  it('fails an event for good that fits into no file, or that JSON cannot carry, and writes the others', async () => {
    const { path, send } = setUp({ maxBytes: 100 });
    const ends = await Promise.all([send(event('1')), send(event('2', 'x'.repeat(100))), send(event('3', 1n))]);
    expect(ends).toMatchObject([
      'sent',
      { failure: 'unsendable', retryable: false },
      { failure: 'unsendable', cause: { code: 'not_json' } },
    ]);
    expect(idsOf(path)).toEqual(['1']);
  });

  it('ends a line that a crash has left without its end', async () => {
    const { path, send } = setUp();
    await send(event('1'));
    appendFileSync(path, '{"id":"torn');
    await send(event('2'));
    expect(linesOf(path).map((line) => line.slice(0, 11))).toEqual(['{"id":"1","', '{"id":"torn', '{"id":"2","', '']);
  });

  it('J10 does not write through a symbolic link, nor into what is no file', async () => {
    const { folder, path, send } = setUp();
    writeFileSync(join(folder, 'victim'), 'untouched');
    symlinkSync(join(folder, 'victim'), path);
    expect(await send(event('1'))).toMatchObject({
      name: 'SendError',
      failure: 'failed',
      retryable: true,
      message: expect.stringContaining('symbolic link'),
    });
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('untouched');
    rmSync(path);
    mkdirSync(path);
    expect(await send(event('2'))).toMatchObject({ failure: 'failed' });
    rmSync(path, { recursive: true });
    expect(await send(event('3'))).toBe('sent');
    expect(idsOf(path)).toEqual(['3']);
  });

  it('never takes the path from an event', async () => {
    const { folder, path, send } = setUp();
    await send({ ...event('../../x', { path: '/etc/passwd' }), tenant: '../y' });
    expect(idsOf(path)).toEqual(['../../x']);
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });

  it('fails where the folder is missing, and recovers when it is made', async () => {
    const folder = join(temporaryFolder(), 'later');
    const sender = fileSender({ name: 'file', path: join(folder, 'log') });
    const send = () =>
      lastValueFrom(sender.send(event('1')), { defaultValue: 'sent' }).catch((failure: unknown) => failure);
    expect(await send()).toMatchObject({ failure: 'failed', message: expect.stringContaining('it does not exist') });
    mkdirSync(folder);
    expect(await send()).toBe('sent');
  });

  it('refuses events beyond those that may wait for the disk', async () => {
    const { path, send } = setUp({ bufferSize: 3 });
    const ends = await Promise.all(Array.from({ length: 6 }, (_, i) => send(event(String(i)))));
    expect(ends).toMatchObject([...Array(4).fill('sent'), ...Array(2).fill({ failure: 'busy', retryable: true })]);
    expect(idsOf(path)).toEqual(['0', '1', '2', '3']); // one on its way, three that wait
  });

  it('X3 X5 leaves out events that are given up while they wait, and leaves nothing open', async () => {
    const { folder, path, send, sender } = setUp();
    const { signal, listeners, abort } = watchedSignal();
    const first = send(event('1'));
    const aborted = send(event('2'), signal);
    sender.send(event('3')).subscribe().unsubscribe();
    const last = send(event('4'));
    abort('enough');
    expect(await Promise.all([first, aborted, last])).toEqual(['sent', 'enough', 'sent']);
    expect(await send(event('5'), AbortSignal.abort('before'))).toBe('before');
    expect(idsOf(path)).toEqual(['1', '4']);
    expect(listeners()).toBe(0);
    expect(openFiles(folder)).toEqual([]);
  });

  it('has every event that was sent, once and in order, over any sizes and bursts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(60), { maxLength: 6 }), { maxLength: 6 }),
        fc.integer({ min: 130, max: 400 }),
        async (bursts, maxBytes) => {
          const { path, send } = setUp({ maxBytes });
          let n = 0;
          const sent: string[] = [];
          for (const burst of bursts) {
            const ids = burst.map((size) => ({ id: String(n++), size }));
            const ends = await Promise.all(ids.map(({ id, size }) => send(event(id, 'x'.repeat(size)))));
            expect(ends.every((end) => end === 'sent')).toBe(true);
            sent.push(...ids.map(({ id }) => id));
          }
          const kept = [...idsOf(`${path}.1`), ...idsOf(path)];
          expect(kept).toEqual(sent.slice(sent.length - kept.length));
          if (existsSync(path)) expect(statSync(path).size).toBeLessThanOrEqual(maxBytes);
        },
      ),
      runs(50),
    );
  });

  it.each([{ path: '' }, { maxBytes: 0 }, { maxBytes: NaN }, { bufferSize: 0 }])('refuses %j', (options) => {
    expect(() => fileSender({ name: 'x', path: 'x', ...options })).toThrow(OptionError);
  });
});

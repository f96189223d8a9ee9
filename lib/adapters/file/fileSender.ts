import { resolve } from 'node:path';
import { defer, Observable, type Subscriber } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { Fifo } from '../../../operators/internal/fifo.ts';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { fileFailure } from '../../boundary/fileFailure.ts';
import { fromAbortable } from '../../boundary/fromAbortable.ts';
import { TooLargeError } from '../../boundary/tooLargeError.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Sender } from '../../contracts/sender.ts';
import { SendError } from '../../contracts/sendFailure.ts';
import { appendLines } from './appendLines.ts';

/** Where {@link fileSender} writes, and how much. */
export interface FileSenderOptions {
  readonly name: string;
  /** Belongs to one sender of one process. */
  readonly path: string;
  /** Largest file, in bytes: before it grows beyond, it is renamed to `<path>.1`, in place of the one before. Default: 64 MiB. */
  readonly maxBytes?: number | undefined;
  /** Most events that wait for the disk; with more, sending fails as `busy`. Default: 1 024. */
  readonly bufferSize?: number | undefined;
}

interface Entry {
  readonly line: Buffer;
  readonly subscriber: Subscriber<never>;
}

/**
 * Appends events to a file, one line of JSON each, in the order they were sent. An event is sent when its line is on the
 * disk; lines that wait together are flushed together. A line that a crash has left without its end is ended before the
 * next one. Nothing is written by way of a symbolic link.
 *
 * @example
 * const sender = fileSender({ name: 'archive', path: '/var/lib/rxfan/events.jsonl', maxBytes: 16 * 1024 ** 2 });
 */
export function fileSender(options: FileSenderOptions): Sender {
  const { name, maxBytes = 64 * 1024 ** 2, bufferSize = 1_024 } = options;
  if (options.path === '') throw new OptionError('path', 'the path of a file', options.path);
  if (!(maxBytes > 0)) throw new OptionError('maxBytes', 'more than 0 bytes', maxBytes);
  checkInteger('bufferSize', bufferSize, 1);
  const path = resolve(options.path);
  const waiting = new Fifo<Entry>();
  let isWriting = false;

  const lineOf = ({ id, tenant, receivedAt, payload }: RoutedEvent): Buffer => {
    const line = textOf(name, { id, tenant, receivedAt, payload });
    if (line.length <= maxBytes) return line;
    throw new SendError(name, 'unsendable', `a line of ${line.length} bytes, at most ${maxBytes} fit into the file`, {
      cause: new TooLargeError(path, maxBytes),
    });
  };

  const takeAll = (): readonly Entry[] => {
    const entries: Entry[] = [];
    while (waiting.size > 0) entries.push(waiting.shift());
    return entries.filter(({ subscriber }) => !subscriber.closed);
  };

  const write = async (): Promise<void> => {
    isWriting = true;
    while (waiting.size > 0) {
      const entries = takeAll();
      const lines = entries.map(({ line }) => line);
      const { written, failure } = await appendLines(path, lines, maxBytes);
      const error = failure === undefined ? undefined : failed(name, path, failure);
      entries.forEach(({ subscriber }, i) => (i < written ? subscriber.complete() : subscriber.error(error)));
    }
    isWriting = false;
  };

  return {
    name,
    send: (event, signal) =>
      defer(() => {
        const line = lineOf(event);
        const written$ = new Observable<never>((subscriber) => {
          if (waiting.size >= bufferSize) throw new SendError(name, 'busy', `${bufferSize} events wait for the disk`);
          waiting.push({ line, subscriber });
          if (!isWriting) void write();
        });
        return fromAbortable(() => written$, { signal });
      }),
  };
}

function textOf(sender: string, event: object): Buffer {
  try {
    return Buffer.from(`${canonicalJson(event)}\n`);
  } catch (cause) {
    throw new SendError(sender, 'unsendable', 'JSON cannot carry the event', { cause });
  }
}

function failed(sender: string, path: string, cause: unknown): SendError {
  const failure = fileFailure(path, cause);
  return new SendError(sender, 'failed', failure instanceof Error ? failure.message : String(failure), { cause });
}

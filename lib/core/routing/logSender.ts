import { defer, EMPTY } from 'rxjs';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { SendError } from '../../contracts/sendFailure.ts';
import type { Sender } from '../../contracts/sender.ts';

/** Where {@link logSender} writes. */
export interface LogSenderOptions {
  readonly name: string;
  /** Takes one line, without its end. */
  readonly write: (line: string) => void;
  /** Longest line, in characters; a longer one is cut, and says so. Default: 8 192. */
  readonly maxLength?: number | undefined;
}

// What JSON lets pass: control characters, line separators and what turns the direction of writing around.
const UNSAFE = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Sends events to a log: one line of JSON each. Nothing in an event can pass for a line of its own, or steer a terminal.
 *
 * @example
 * const sender = logSender({ name: 'audit', write: (line) => log.info(line) });
 */
export function logSender(options: LogSenderOptions): Sender {
  const { name, write, maxLength = 8_192 } = options;

  return {
    name,
    send: ({ id, tenant, receivedAt, payload }, signal) =>
      defer(() => {
        signal?.throwIfAborted();
        write(cut(lineOf(name, { id, tenant, receivedAt, payload }), maxLength));
        return EMPTY;
      }),
  };
}

function lineOf(sender: string, event: object): string {
  try {
    const text = canonicalJson(event);
    return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  } catch (cause) {
    throw new SendError(sender, 'unsendable', 'JSON cannot carry the event', { cause });
  }
}

function cut(line: string, maxLength: number): string {
  return line.length <= maxLength ? line : `${line.slice(0, maxLength)}... (${line.length} characters)`;
}

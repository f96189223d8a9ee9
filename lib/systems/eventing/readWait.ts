import { RequestError } from '../../adapters/http/problem.ts';
import { quoted } from '../../adapters/http/readQuery.ts';

/** Longest wait for an operation, in s. */
const MAX_S = 30;

/** How long a request waits for the end of an operation, in ms: `wait` in whole seconds, cut down to 30; 0 without it. */
export function readWait(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d{1,15}$/.test(text)) return Math.min(Number(text), MAX_S) * 1_000;
  throw new RequestError(400, 'invalid_wait', `wait must be a whole number of seconds, not ${quoted(text)}`);
}

import { inWords } from '../../contracts/inWords.ts';
import type { CommandOutcome } from './outcomeEvent.ts';

const CODE = /^[a-z][a-z0-9_]{0,63}$/;
const LONGEST_MESSAGE = 1_000;

/**
 * What is told of a command that failed: code and message of a typed error. Of another error nothing is told to whoever
 * submitted it: its message may be about our inside.
 */
export function outcomeOf(cause: unknown, digest: string): CommandOutcome {
  const code = codeOf(cause);
  const error =
    code === undefined
      ? { code: 'internal', message: 'the service failed on this command for a reason of its own' }
      : { code, message: inWords(cause).slice(0, LONGEST_MESSAGE) };
  return { state: 'failed', error, digest };
}

function codeOf(cause: unknown): string | undefined {
  try {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    return typeof code === 'string' && CODE.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

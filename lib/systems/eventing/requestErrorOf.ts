import { RequestError } from '../../adapters/http/problem.ts';

/** Why a command was not taken, for whoever sent it: status and words that tell nothing of the inside. */
const REFUSALS: Readonly<Record<string, readonly [status: number, words: string]>> = {
  idempotency_key_reused: [409, 'this Idempotency-Key came with another command or other data: use a new one'],
  unknown_operation: [404, 'there is no such operation: it never was, or it ended too long ago'],
  operations_full: [503, 'too many operations have no outcome yet: try again later'],
  outbox_full: [503, 'too many commands wait for the broker: try again later'],
  not_published: [503, 'the broker did not confirm the command: send it again with the same Idempotency-Key'],
  unroutable: [503, 'no service takes this command yet: send it again when one does'],
  unreachable: [503, 'the broker cannot be reached: try again later'],
  timeout: [503, 'outcomes cannot be heard at the moment: try again later'],
  closed: [503, 'the server is stopping'],
};
const CODES: Readonly<Record<string, string>> = {
  closed: 'stopping',
  timeout: 'unavailable',
  unreachable: 'unavailable',
};

/** What a client is told of why a command cannot be taken, or an operation be told of; any other failure as it is. */
export function requestErrorOf(failure: unknown): unknown {
  if (failure instanceof RequestError || !(failure instanceof Error) || !('code' in failure)) return failure;
  const code = String(failure.code);
  if (!Object.hasOwn(REFUSALS, code)) return failure;
  const [status, words] = REFUSALS[code]!;
  return new RequestError(status, CODES[code] ?? code, words, status === 503 ? { 'retry-after': '1' } : {});
}

import { defer, firstValueFrom, map, of, repeat, retry, switchMap, take, tap, throwError, timeout, timer } from 'rxjs';
import { filter, type Observable } from 'rxjs';
import { checkPrivate, isAnswered } from '../../adapters/http/serveSocket.ts';
import { newId } from '../../adapters/node/newId.ts';
import { RefusedError } from '../../contracts/failure.ts';
import { eventsClient, type EventsAnswer, type EventsClient } from '../daemon/eventsClient.ts';
import { socketFetch } from '../daemon/socketFetch.ts';
import { socketPath } from '../daemon/socketPath.ts';
import type { ToldOperation } from '../daemon/toldOperation.ts';
import { EXIT } from './exit.ts';
import { parsedData } from './parsedData.ts';
import { plain } from './plain.ts';
import { serverUrl, type ServerFlags } from './serverUrl.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usageError.ts';

/** What is sent, and whether its end is waited for. */
export interface SubmitFlags extends ServerFlags {
  readonly data?: string | undefined;
  readonly wait?: boolean | undefined;
  /** In seconds. */
  readonly timeout?: number | undefined;
  readonly key?: string | undefined;
}

/** The server does not take the command now: worth another try, with the same key. */
class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  readonly code = 'unavailable';
}

/** Longest wait at the server in one request, in s, and the pause before the next one, in ms. */
const WAIT_S = 30;
const PAUSE_MS = 200;
const RETRY_MS = 500;

/**
 * Sends a command, prints its operation, and gives the exit code: with `wait` the operation at its end, 0 when it has
 * succeeded, 1 when it has not, 3 when it has no end after `timeout`.
 */
export async function submit(command: string, flags: SubmitFlags, terminal: Terminal): Promise<number> {
  const { wait = false, timeout: seconds = 60, key = newId() } = flags;
  const data = parsedData(flags.data ?? '{}');
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw new UsageError('--key must be 1 to 255 visible ASCII characters');
  const client = await clientFor(flags, terminal);
  let accepted: ToldOperation | undefined;
  let refusal: Error | undefined;

  const accepted$ = client.submit(command, data, { key }).pipe(
    map((answer) => operationOf(answer)),
    retry({
      delay: (failure: Error) => {
        if (!(failure instanceof UnavailableError)) return throwError(() => failure);
        refusal = failure;
        return timer(RETRY_MS);
      },
    }),
    tap((operation) => {
      accepted = operation;
      if (wait) terminal.progress(`waiting for the outcome of ${command}, operation ${operation.id}`);
    }),
  );
  const end$ = accepted$.pipe(
    switchMap((operation) => (wait ? endOf(client, operation) : of(operation))),
    timeout({ first: seconds * 1_000, with: () => of('late' as const) }),
  );
  terminal.progress(`waiting until ${command} is accepted`);
  const end = await firstValueFrom(end$);
  terminal.progress(undefined);
  if (end === 'late') {
    terminal.error(`error: ${plain(lateWords(command, seconds, accepted, refusal))}\n`);
    return EXIT.timedOut;
  }
  await terminal.write(`${JSON.stringify(end, null, 2).split('\n').map(plain).join('\n')}\n`);
  return end.state === 'accepted' || end.state === 'succeeded' ? EXIT.done : EXIT.failed;
}

/** The daemon of this user, if there is one and no server is named; else the server itself. */
async function clientFor(flags: ServerFlags, terminal: Terminal): Promise<EventsClient> {
  const path = socketPath(terminal.env);
  if (flags.server === undefined) {
    await checkPrivate(path);
    if (await isAnswered(path)) return eventsClient({ base: 'http://localhost/', fetch: socketFetch(path) });
  }
  return eventsClient({ base: await serverUrl(flags, terminal) });
}

function endOf(client: EventsClient, operation: ToldOperation): Observable<ToldOperation> {
  if (operation.state !== 'accepted') return of(operation);
  return defer(() => client.get(operation.id, WAIT_S)).pipe(
    map((answer) => operationOf(answer)),
    retry({
      delay: (failure: Error) => (failure instanceof UnavailableError ? timer(RETRY_MS) : throwError(() => failure)),
    }),
    repeat({ delay: PAUSE_MS }),
    filter(({ state }) => state !== 'accepted'),
    take(1),
  );
}

function operationOf(answer: EventsAnswer): ToldOperation {
  if (answer.kind === 'operation') return answer.operation;
  const { status, code, detail } = answer;
  if (status === 503 || status === 429) throw new UnavailableError(`${detail} (${code})`);
  throw new RefusedError('the server', `${detail} (${code})`, { status });
}

function lateWords(
  command: string,
  seconds: number,
  accepted: ToldOperation | undefined,
  refusal: Error | undefined,
): string {
  if (!accepted) return `${command} was not accepted within ${seconds} s: ${refusal?.message ?? 'no answer'}`;
  return (
    `timed out: the operation ${accepted.id} (${command}) has no outcome after ${seconds} s; it is accepted and goes on. ` +
    'Is the consumer of the service running (rxfan events consume)?'
  );
}

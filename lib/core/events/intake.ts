import { defer, finalize, NEVER, tap, throwError, type Observable } from 'rxjs';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { inWords } from '../../contracts/inWords.ts';
import { RejectedMessageError, UnknownMessageError } from '../../contracts/messageFailure.ts';
import type { IncomingMessage, QueueContract } from '../../contracts/transport.ts';
import { DeadLetterError } from '../../contracts/transportFailure.ts';
import { freeze } from '../topics/freeze.ts';
import type { BusBooks } from './busBooks.ts';
import { commandDigest } from './commandDigest.ts';
import { GivenUpError } from './givenUpError.ts';
import type { MessageLine } from './messageLine.ts';
import { readData, readMessage } from './readMessage.ts';
import type { Taken } from './taken.ts';

/** Who takes messages out of a queue. */
export interface IntakeParts {
  readonly queue: string;
  readonly lineOf: (type: string) => MessageLine | undefined;
  readonly books: BusBooks;
  /** Whether nothing is taken any more: what comes stays in the queue, and is given back to it at the end. */
  readonly isClosing: () => boolean;
}

/** Takes messages out of a queue: decodes each, hands it to its line, and keeps the account. */
export function intake({ queue, lineOf, books, isClosing }: IntakeParts): QueueContract['handle'] {
  function refused(message: IncomingMessage, cause: unknown): Observable<never> {
    const rejected = new RejectedMessageError(queue, message.id, cause);
    books.count('rejected');
    books.failed(rejected);
    return throwError(() => new DeadLetterError(inWords(cause), { cause: rejected }));
  }

  function processed(line: MessageLine, taken: Taken): Observable<never> {
    let end: 'succeeded' | 'failed' | 'givenUp' = 'givenUp';
    books.entered();
    return defer(() => line.process(taken)).pipe(
      tap({
        complete: () => (end = 'succeeded'),
        error: (cause: unknown) => (end = cause instanceof GivenUpError ? 'givenUp' : 'failed'),
      }),
      finalize(() => {
        books.count(end);
        books.left();
      }),
    );
  }

  return (message, { signal }) =>
    defer(() => {
      if (isClosing()) return NEVER;
      books.count('received');
      let line: MessageLine | undefined;
      let taken: Taken;
      try {
        const raw = readMessage(message);
        line = lineOf(raw.type);
        if (!line) throw new UnknownMessageError(raw.type);
        const digest = commandDigest(raw.type, raw.data === undefined ? undefined : canonicalJson(raw.data));
        const data = readData(line.definition, raw);
        taken = freeze({ message: { ...raw, data }, delivery: message.attempt, digest, signal });
      } catch (cause) {
        return refused(message, cause);
      }
      books.read(taken.message);
      return processed(line, taken);
    });
}

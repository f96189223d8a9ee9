import { defer, EMPTY, merge, Subject, throwError, type Observable } from 'rxjs';
import { inWords } from '../../contracts/inWords.ts';
import type { EventDefinition } from '../../contracts/message.ts';
import { RejectedMessageError, UnknownMessageError } from '../../contracts/messageFailure.ts';
import { DeadLetterError } from '../../contracts/transportFailure.ts';
import { freeze } from '../topics/freeze.ts';
import type { BusOptions, WatchEvent } from './bus.ts';
import type { BusBooks } from './busBooks.ts';
import { readData, readMessage } from './readMessage.ts';

/** Events as they come, out of a queue of each subscription alone. */
export function watching(
  events: readonly EventDefinition[],
  { service, transport, newId }: Pick<BusOptions, 'service' | 'transport' | 'newId'>,
  books: BusBooks,
): Observable<WatchEvent> {
  const known = new Map(events.map((event) => [event.name, event]));

  return defer(() => {
    const name = `${service}.watch.${newId()}`;
    const seen$ = new Subject<WatchEvent>();
    const consumed$ = transport.consume({
      kind: 'transient',
      name,
      bindings: events.map(({ routingKey }) => routingKey),
      maxAttempts: 1,
      handle(incoming) {
        try {
          const message = readMessage(incoming);
          const event = known.get(message.type);
          if (!event) throw new UnknownMessageError(message.type);
          seen$.next({ kind: 'event', message: freeze({ ...message, data: readData(event, message) }) });
          return EMPTY;
        } catch (cause) {
          const rejected = new RejectedMessageError(name, incoming.id, cause);
          books.count('rejected');
          books.failed(rejected);
          return throwError(() => new DeadLetterError(inWords(cause), { cause: rejected }));
        }
      },
    });
    return merge(seen$, consumed$);
  });
}

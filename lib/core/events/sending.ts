import { asyncScheduler, catchError, defer, EMPTY, tap, throwError, type Observable } from 'rxjs';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import type { MessageDefinition } from '../../contracts/message.ts';
import type { OutgoingMessage } from '../../contracts/transport.ts';
import { UnroutableError } from '../../contracts/transportFailure.ts';
import type { BusOptions, MessageLink } from './bus.ts';
import type { BusBooks } from './busBooks.ts';
import { writeMessage } from './writeMessage.ts';

/** The sending half of a bus. */
export class Sending {
  isClosed = false;
  private readonly options: BusOptions;
  private readonly books: BusBooks;

  constructor(options: BusOptions, books: BusBooks) {
    this.options = options;
    this.books = books;
  }

  /** Throws DecodeError or NotJsonError for what nobody could read. */
  compose<A>(definition: MessageDefinition<A>, data: A, link: MessageLink = {}, id?: string): OutgoingMessage {
    const { service, newId } = this.options;
    const name = id ?? newId();
    return writeMessage(definition, {
      ...link,
      id: name,
      type: definition.name,
      source: service,
      time: asyncScheduler.now(),
      correlationId: link.correlationId ?? name,
      version: definition.version,
      data,
    });
  }

  /** What nobody is there to get is told, and is no failure of whoever sends it. */
  send(message: OutgoingMessage): Observable<never> {
    const { books } = this;
    return defer(() => {
      if (this.isClosed) return throwError(() => new ClosedError(`the bus of ${this.options.service}`));
      return this.options.transport.publish(message).pipe(
        tap({ complete: () => books.count('published') }),
        catchError((failure: unknown) => {
          if (!(failure instanceof UnroutableError)) return throwError(() => failure);
          books.count('unroutable');
          books.failed(failure);
          return EMPTY;
        }),
      );
    });
  }
}

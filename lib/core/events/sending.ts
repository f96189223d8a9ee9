import { asyncScheduler, catchError, defer, EMPTY, tap, throwError, type Observable } from 'rxjs';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import type { MessageDefinition } from '../../contracts/message.ts';
import type { OutgoingMessage } from '../../contracts/transport.ts';
import { UnroutableError } from '../../contracts/transportFailure.ts';
import type { BusOptions, MessageLink } from './bus.ts';
import type { BusBooks } from './busBooks.ts';
import { wireData } from './wireData.ts';
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
    const { newId } = this.options;
    return this.composeWire(definition, wireData(definition, data), link, id ?? newId());
  }

  /** Of data that is a text already. */
  composeWire(definition: MessageDefinition, data: string | undefined, link: MessageLink, id: string): OutgoingMessage {
    const { name: type, version } = definition;
    const { correlationId = id } = link;
    const time = asyncScheduler.now();
    const source = this.options.service;
    return writeMessage(definition, { ...link, id, type, source, time, correlationId, version }, data);
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

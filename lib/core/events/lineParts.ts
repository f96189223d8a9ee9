import type { Inbox } from '../../contracts/inbox.ts';
import type { Dispatcher } from '../topics/dispatcher.ts';
import type { BusBooks } from './busBooks.ts';
import type { Sending } from './sending.ts';

/** What the lines of a service have in common. */
export interface LineParts {
  readonly service: string;
  readonly dispatcher: Dispatcher;
  readonly inbox: Inbox;
  readonly sending: Sending;
  readonly books: BusBooks;
}

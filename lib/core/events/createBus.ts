import { AsyncSubject, concat, defer, EMPTY, Observable, share, takeUntil } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { after } from '../../../operators/internal/after.ts';
import { enroll } from '../../../operators/internal/inspector.ts';
import type { CommandDefinition, EventDefinition } from '../../contracts/message.ts';
import { BusStartedError, HandlerTakenError, UnknownMessageError } from '../../contracts/messageFailure.ts';
import { createInbox } from '../messaging/createInbox.ts';
import { checkTopicName } from '../topics/checkTopicName.ts';
import { Dispatcher } from '../topics/dispatcher.ts';
import type { Bus, BusOptions, CommandHandler, EventHandler } from './bus.ts';
import { BusBooks } from './busBooks.ts';
import { busPart } from './busPart.ts';
import { CommandLine } from './commandLine.ts';
import { consuming } from './consuming.ts';
import { EventLine } from './eventLine.ts';
import type { LineParts } from './lineParts.ts';
import { Sending } from './sending.ts';
import { watching } from './watching.ts';

const LONGEST_SERVICE = 60; // its queues have names of their own

/**
 * Makes the bus of a service: sends events, has commands handled by one handler each, and events by any number of them.
 *
 * - **Emits** outcomes and events to whoever is bound to them, when the transport has confirmed them.
 * - **Holds** `eventConcurrency` events and `commandConcurrency` commands, and what the inbox remembers.
 * - **Completes** `consume()`, `messages$` and `errors$` with `close`.
 * - **Errors** never on account of a message: one that no handler can have goes to the dead letters, one that a handler failed
 *   on comes again, and a command that failed has that for its outcome. All of it is told on `errors$`.
 * - **Unsubscribing** from `consume()` aborts the handlers that run, and gives their messages back.
 *
 * @example
 * const bus = createBus({ service: 'portfolio', transport, messages, newId: randomUUID });
 * bus.handle(CreatePortfolio, { handle: (data, { publish }) => publish(PortfolioCreated, create(data)) });
 * bus.on(PortfolioCreated, { id: 'view', handle: (portfolio) => view.put(portfolio) });
 * bus.consume().subscribe(log);
 */
export function createBus<Transaction = undefined>(options: BusOptions<Transaction>): Bus<Transaction> {
  const { service, messages, inbox = createInbox() } = options;
  checkTopicName(service, 'service');
  if (service.length > LONGEST_SERVICE) throw new OptionError('service', `at most ${LONGEST_SERVICE} long`, service);
  checkInteger('eventConcurrency', options.eventConcurrency ?? 1, 1);
  checkInteger('commandConcurrency', options.commandConcurrency ?? 1, 1);

  const books = new BusBooks(options.onError);
  const sending = new Sending(options, books);
  const parts: LineParts = { service, dispatcher: new Dispatcher(), inbox: inbox, sending, books };
  const commands = new Map<string, CommandLine>();
  const events = new Map<string, EventLine>();
  const closed$ = new AsyncSubject<void>();
  let isStarted = false;
  let isClosing = false;

  const checkFree = (name: string): void => {
    if (isStarted) throw new BusStartedError(name);
  };
  const checkEvent = (event: EventDefinition): void => {
    if (messages.event(event.name) !== event) throw new UnknownMessageError(event.name);
  };

  const consumed$ = defer(() => {
    isStarted = true;
    return consuming({ commands, events, options, books, isClosing: () => isClosing });
  }).pipe(takeUntil(closed$), share());

  const release = (): void => {
    sending.isClosed = true;
    for (const line of [...commands.values(), ...events.values()]) line.close();
    closed$.next();
    closed$.complete();
    books.complete();
  };

  const bus: Bus<Transaction> = {
    service,
    handle<A>(command: CommandDefinition<A>, handler: CommandHandler<A, Transaction>) {
      checkFree(command.name);
      if (messages.command(command.name) !== command) throw new UnknownMessageError(command.name);
      if (commands.has(command.name)) throw new HandlerTakenError(command.name);
      const line = new CommandLine(command, handler as CommandHandler<unknown>, parts);
      commands.set(command.name, line);
      return line.handle;
    },
    on<A>(event: EventDefinition<A>, handler: EventHandler<A, Transaction>) {
      checkFree(event.name);
      checkEvent(event);
      const line = events.get(event.name) ?? new EventLine(event, parts);
      const handle = line.on(handler as EventHandler<unknown>);
      events.set(event.name, line);
      return handle;
    },
    compose(event, data, link) {
      checkEvent(event);
      return sending.compose(event, data, link);
    },
    publish(event, data, link) {
      checkEvent(event);
      return sending.send(sending.compose(event, data, link));
    },
    consume: () => consumed$,
    watch(watched) {
      watched.forEach(checkEvent);
      return watching(watched, options, books).pipe(takeUntil(closed$));
    },
    messages$: books.messages$,
    errors$: books.errors$,
    stats: () => books.stats(),
    close({ deadlineMs = 10_000 } = {}) {
      if (!(deadlineMs >= 0)) throw new OptionError('deadlineMs', '0 or more', deadlineMs);
      return defer(() => {
        isClosing = true;
        const late$ = new Observable<void>((subscriber) => after(deadlineMs, () => subscriber.next()));
        return concat(
          books.whenIdle().pipe(takeUntil(late$)),
          defer(() => {
            release();
            return EMPTY;
          }),
        );
      });
    },
  };
  enroll(bus, (one) => (sending.isClosed ? undefined : busPart(one)));
  return bus;
}

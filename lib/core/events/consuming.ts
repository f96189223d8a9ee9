import { EMPTY, merge, type Observable } from 'rxjs';
import type { ConsumerEvent } from '../../contracts/transport.ts';
import type { BusOptions } from './bus.ts';
import type { BusBooks } from './busBooks.ts';
import type { CommandLine } from './commandLine.ts';
import type { EventLine } from './eventLine.ts';
import { intake } from './intake.ts';
import type { MessageLine } from './messageLine.ts';

/** What a service consumes. */
export interface ConsumingParts {
  readonly commands: ReadonlyMap<string, CommandLine>;
  readonly events: ReadonlyMap<string, EventLine>;
  readonly options: BusOptions;
  readonly books: BusBooks;
  readonly isClosing: () => boolean;
}

/** Reads the queues of a service: one for its commands, and one for events with a binding for each it has handlers for. */
export function consuming({ commands, events, options, books, isClosing }: ConsumingParts): Observable<ConsumerEvent> {
  const { service, transport, eventConcurrency = 32, maxAttempts, retryDelayMs } = options;

  function read(kind: string, lines: ReadonlyMap<string, MessageLine>, concurrency: number): Observable<ConsumerEvent> {
    if (lines.size === 0) return EMPTY;
    const name = `${service}.${kind}`;
    return transport.consume({
      kind: 'durable',
      name,
      bindings: [...lines.values()].map(({ definition }) => definition.routingKey),
      handle: intake({ queue: name, lineOf: (type) => lines.get(type), books, isClosing }),
      concurrency,
      maxAttempts,
      retryDelayMs,
    });
  }

  const sum = [...commands.values()].reduce((total, line) => total + line.concurrency, 0);
  return merge(read('commands', commands, options.commandConcurrency ?? sum), read('events', events, eventConcurrency));
}

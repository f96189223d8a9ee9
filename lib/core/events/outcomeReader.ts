import {
  BehaviorSubject,
  EMPTY,
  filter,
  finalize,
  ignoreElements,
  Subject,
  take,
  tap,
  throwError,
  type Observable,
} from 'rxjs';
import { inWords } from '../../contracts/inWords.ts';
import type { CommandDefinition } from '../../contracts/message.ts';
import { RejectedMessageError, UnknownMessageError } from '../../contracts/messageFailure.ts';
import type { ConsumerEvent, IncomingMessage } from '../../contracts/transport.ts';
import { DeadLetterError } from '../../contracts/transportFailure.ts';
import type { OperationsOptions } from './operations.ts';
import { outcomeEvent, type CommandOutcome } from './outcomeEvent.ts';
import { readData, readMessage } from './readMessage.ts';
import { within } from './within.ts';

/** An outcome that came, and of which command it is. */
export interface ReadOutcome {
  readonly outcome: CommandOutcome;
  readonly operationId: string | undefined;
  readonly command: string;
  readonly tenant: string | undefined;
}

/** Reads outcomes out of a queue of this process alone. */
export class OutcomeReader {
  rejected = 0;
  readonly errors$: Observable<RejectedMessageError>;
  private readonly options: OperationsOptions;
  private readonly received: (read: ReadOutcome) => void;
  private readonly errors = new Subject<RejectedMessageError>();
  private readonly isReady = new BehaviorSubject(false);

  constructor(options: OperationsOptions, received: (read: ReadOutcome) => void) {
    this.options = options;
    this.received = received;
    this.errors$ = this.errors.asObservable();
  }

  consume(): Observable<ConsumerEvent> {
    const { service, transport, messages, newId } = this.options;
    const commandOf = new Map(messages.commands.map((command) => [outcomeEvent(command).name, command]));
    const queue = `${service}.outcomes.${newId()}`;

    const bindings = [...commandOf.keys()];
    return transport
      .consume({
        kind: 'transient',
        name: queue,
        bindings,
        handle: (message) => this.take(message, queue, commandOf),
        maxAttempts: 1,
      })
      .pipe(
        tap(({ kind }) => {
          if (kind === 'consuming') this.isReady.next(true);
          if (kind === 'interrupted') this.isReady.next(false);
        }),
        finalize(() => this.isReady.next(false)),
      );
  }

  /** Completes once outcomes are heard. */
  whenReady(timeoutMs: number): Observable<never> {
    return this.isReady.pipe(
      filter(Boolean),
      take(1),
      ignoreElements(),
      within('the queue of outcomes, which consume() reads,', timeoutMs),
    );
  }

  complete(): void {
    this.errors.complete();
  }

  private take(
    message: IncomingMessage,
    queue: string,
    commandOf: ReadonlyMap<string, CommandDefinition>,
  ): Observable<never> {
    try {
      const envelope = readMessage(message);
      const command = commandOf.get(envelope.type);
      if (!command) throw new UnknownMessageError(envelope.type);
      const outcome = readData(outcomeEvent(command), envelope);
      this.received({ outcome, operationId: envelope.causationId, command: command.name, tenant: envelope.tenant });
      return EMPTY;
    } catch (cause) {
      return this.refused(new RejectedMessageError(queue, message.id, cause));
    }
  }

  private refused(rejected: RejectedMessageError): Observable<never> {
    this.rejected++;
    this.errors.next(rejected);
    try {
      this.options.onError?.(rejected);
    } catch {
      // whoever takes errors has none of his own
    }
    return throwError(() => new DeadLetterError(inWords(rejected.cause), { cause: rejected }));
  }
}

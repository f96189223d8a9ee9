import { catchError, concat, mergeMap, of, throwError, type Observable } from 'rxjs';
import { decode } from '../../boundary/decode.ts';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import type { Done } from '../../contracts/inbox.ts';
import type { CommandDefinition } from '../../contracts/message.ts';
import { HandlerError, InboxError } from '../../contracts/messageFailure.ts';
import { DeadLetterError, OutboxFullError, PublishError } from '../../contracts/transportFailure.ts';
import { Topic } from '../topics/topic.ts';
import type { CommandHandler, HandlerHandle } from './bus.ts';
import { derivedId } from './derivedId.ts';
import { factsOf } from './factsOf.ts';
import { handlerContract, type HandlerFacts } from './handlerContract.ts';
import type { LineParts } from './lineParts.ts';
import type { MessageLine } from './messageLine.ts';
import { OutcomeCodec, outcomeEvent, type CommandOutcome } from './outcomeEvent.ts';
import { outcomeOf } from './outcomeOf.ts';
import { settled, type Failed } from './settled.ts';
import type { Taken } from './taken.ts';

/** What fails with these would fail any command: it comes again, and nothing is said of it yet. */
const NOT_OF_THE_COMMAND = [InboxError, PublishError, OutboxFullError, ClosedError];

/** A command on its way to its handler, and its outcome on the way back. It is carried out once, and answered each time it comes. */
export class CommandLine implements MessageLine {
  readonly definition: CommandDefinition;
  readonly concurrency: number;
  readonly handle: HandlerHandle;
  private readonly parts: LineParts;
  private readonly key: string;
  private readonly done = new WeakMap<Taken, Done>();
  private readonly topic: Topic<Taken>;

  constructor(definition: CommandDefinition, handler: CommandHandler<unknown>, parts: LineParts) {
    this.definition = definition;
    this.concurrency = handler.concurrency ?? 1;
    this.parts = parts;
    this.topic = new Topic({ name: definition.name }, parts.dispatcher);
    this.key = `${parts.service} ${definition.name}`;
    const facts: HandlerFacts = {
      id: parts.service,
      key: this.key,
      answer: ({ digest }) => JSON.stringify({ state: 'succeeded', digest } satisfies CommandOutcome),
      done: (taken, done) => this.done.set(taken, done),
    };
    this.handle = this.topic.deliver(handlerContract(facts, handler, parts));
  }

  process(taken: Taken): Observable<never> {
    return this.carriedOut(taken).pipe(
      mergeMap(({ answer, isKnown }) => {
        if (isKnown) this.parts.books.count('duplicates');
        return this.tell(taken, decode(OutcomeCodec, JSON.parse(answer), 'inbox'));
      }),
      catchError((failure: unknown) => {
        if (!(failure instanceof DeadLetterError)) return throwError(() => failure);
        // It may be carried out after all, should somebody redrive it: nothing is kept of it.
        const told$ = this.tell(taken, outcomeOf(failure, taken.digest));
        return concat(
          told$,
          throwError(() => failure),
        );
      }),
    );
  }

  close(): void {
    for (const delivery of this.topic.deliveries()) delivery.close();
    this.topic.complete();
  }

  /** Emits what is kept of it. Errors where nothing is: it is to come again. */
  private carriedOut(taken: Taken): Observable<Done> {
    return settled(this.topic.publish(taken)).pipe(
      mergeMap(([failed]) => (failed ? this.failed(failed, taken) : of(this.done.get(taken)!))),
    );
  }

  private failed({ handler, isRun, cause }: Failed, taken: Taken): Observable<Done> {
    if (!isRun) throw cause;
    const failure = new HandlerError(factsOf(handler, taken), cause);
    this.parts.books.failed(failure);
    if (cause instanceof DeadLetterError) throw cause;
    if (NOT_OF_THE_COMMAND.some((kind) => cause instanceof kind)) throw failure;
    const answer = JSON.stringify(outcomeOf(cause, taken.digest));
    // Whoever else has carried it out meanwhile has the last word.
    return this.parts.inbox.once(`${this.key} ${taken.message.id}`, () => [answer]);
  }

  private tell({ message }: Taken, outcome: CommandOutcome): Observable<never> {
    const { sending } = this.parts;
    const { id, correlationId, tenant, traceparent, tracestate } = message;
    const link = { correlationId, causationId: id, tenant, traceparent, tracestate };
    return sending.send(sending.compose(outcomeEvent(this.definition), outcome, link, derivedId(id, 'outcome')));
  }
}

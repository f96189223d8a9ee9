import { catchError, concat, mergeMap, of, tap, throwError, type Observable } from 'rxjs';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { decode } from '../../boundary/decode.ts';
import type { Envelope } from '../../contracts/envelope.ts';
import type { CommandDefinition } from '../../contracts/message.ts';
import { HandlerError } from '../../contracts/messageFailure.ts';
import { DeadLetterError } from '../../contracts/transportFailure.ts';
import { Topic } from '../topics/topic.ts';
import type { CommandHandler, HandlerHandle } from './bus.ts';
import { commandDigest } from './commandDigest.ts';
import { derivedId } from './derivedId.ts';
import { factsOf } from './factsOf.ts';
import { handlerContract } from './handlerContract.ts';
import type { LineParts } from './lineParts.ts';
import type { MessageLine } from './messageLine.ts';
import { OutcomeCodec, outcomeEvent, type CommandOutcome } from './outcomeEvent.ts';
import { outcomeOf } from './outcomeOf.ts';
import { settled, type Failed } from './settled.ts';
import type { Taken } from './taken.ts';

/** A command on its way to its handler, and its outcome on the way back. It is carried out once, and answered each time it comes. */
export class CommandLine implements MessageLine {
  readonly definition: CommandDefinition;
  readonly concurrency: number;
  readonly handle: HandlerHandle;
  private readonly parts: LineParts;
  private readonly topic: Topic<Taken>;

  constructor(definition: CommandDefinition, handler: CommandHandler<unknown>, parts: LineParts) {
    this.definition = definition;
    this.concurrency = handler.concurrency ?? 1;
    this.parts = parts;
    this.topic = new Topic({ name: definition.name }, parts.dispatcher);
    this.handle = this.topic.deliver(handlerContract(parts.service, handler, parts.sending, (_, work$) => work$));
  }

  process(taken: Taken, raw: Envelope): Observable<never> {
    const { once, books } = this.parts;
    const digest = commandDigest(this.definition.name, raw.data === undefined ? undefined : canonicalJson(raw.data));
    return once(`${this.definition.name} ${raw.id}`, () => this.carryOut(taken, digest)).pipe(
      tap(({ isKnown }) => {
        if (isKnown) books.count('duplicates');
      }),
      mergeMap(({ answer }) => this.tell(taken, decode(OutcomeCodec, JSON.parse(answer), 'inbox'))),
      catchError((failure: unknown) =>
        failure instanceof DeadLetterError
          ? // It may be carried out after all, should somebody redrive it: nothing is kept of it.
            concat(
              this.tell(taken, outcomeOf(failure, digest)),
              throwError(() => failure),
            )
          : throwError(() => failure),
      ),
    );
  }

  close(): void {
    for (const delivery of this.topic.deliveries()) delivery.close();
    this.topic.complete();
  }

  /** Emits the outcome as a text. Errors where there is none: it is to come again. */
  private carryOut(taken: Taken, digest: string): Observable<string> {
    return settled(this.topic.publish(taken)).pipe(
      mergeMap(([failed]) => {
        const outcome: CommandOutcome = failed ? this.outcomeOf(failed, taken, digest) : { state: 'succeeded', digest };
        return of(JSON.stringify(outcome));
      }),
    );
  }

  private outcomeOf({ handler, isRun, cause }: Failed, taken: Taken, digest: string): CommandOutcome {
    if (!isRun) throw cause;
    this.parts.books.failed(new HandlerError(factsOf(handler, taken), cause));
    if (cause instanceof DeadLetterError) throw cause;
    return outcomeOf(cause, digest);
  }

  private tell({ message }: Taken, outcome: CommandOutcome): Observable<never> {
    const { sending } = this.parts;
    const { id, correlationId, tenant, traceparent, tracestate } = message;
    const link = { correlationId, causationId: id, tenant, traceparent, tracestate };
    return sending.send(sending.compose(outcomeEvent(this.definition), outcome, link, derivedId(id, 'outcome')));
  }
}

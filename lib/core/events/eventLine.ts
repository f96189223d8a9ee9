import { EMPTY, mergeMap, throwError, type Observable } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import type { EventDefinition } from '../../contracts/message.ts';
import { HandlerError } from '../../contracts/messageFailure.ts';
import { DeadLetterError } from '../../contracts/transportFailure.ts';
import { Topic } from '../topics/topic.ts';
import type { EventHandler, HandlerHandle } from './bus.ts';
import { factsOf } from './factsOf.ts';
import { handlerContract, type HandlerFacts } from './handlerContract.ts';
import type { LineParts } from './lineParts.ts';
import type { MessageLine } from './messageLine.ts';
import { settled, type Failed } from './settled.ts';
import type { Taken } from './taken.ts';

const HANDLER_ID = /^[!-~]{1,60}$/;

/** An event on its way to its handlers, each of which handles it once, whatever becomes of it at the others. */
export class EventLine implements MessageLine {
  readonly definition: EventDefinition;
  private readonly parts: LineParts;
  private readonly topic: Topic<Taken>;

  constructor(definition: EventDefinition, parts: LineParts) {
    this.definition = definition;
    this.parts = parts;
    this.topic = new Topic({ name: definition.name }, parts.dispatcher);
  }

  on(handler: EventHandler<unknown>): HandlerHandle {
    const { service, books } = this.parts;
    const { id } = handler;
    if (!HANDLER_ID.test(id)) throw new OptionError('id', '1 to 60 characters of printable ASCII', id);
    const facts: HandlerFacts = {
      id,
      key: `${service} ${this.definition.name} ${id}`,
      answer: () => '',
      done: (_, { isKnown }) => {
        if (isKnown) books.count('duplicates');
      },
    };
    return this.topic.deliver(handlerContract(facts, handler, this.parts));
  }

  process(taken: Taken): Observable<never> {
    return settled(this.topic.publish(taken)).pipe(
      mergeMap((failed) => (failed.length === 0 ? EMPTY : throwError(() => this.failureOf(failed, taken)))),
    );
  }

  close(): void {
    for (const delivery of this.topic.deliveries()) delivery.close();
    this.topic.complete();
  }

  /** The message comes again where that helps one of them at least. */
  private failureOf(failed: readonly Failed[], taken: Taken): unknown {
    const failures = failed.map(({ handler, isRun, cause }) => {
      if (!isRun) return cause;
      const failure = new HandlerError(factsOf(handler, taken), cause);
      this.parts.books.failed(failure);
      return failure;
    });
    const helped = failures.find((_, i) => !(failed[i]!.cause instanceof DeadLetterError));
    return helped ?? new DeadLetterError((failures[0] as HandlerError).message, { cause: failures[0] });
  }
}

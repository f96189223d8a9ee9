import type { EventDefinition } from '../../contracts/message.ts';
import type { OutgoingMessage } from '../../contracts/transport.ts';
import type { MessageContext } from './bus.ts';
import { derivedId } from './derivedId.ts';
import type { Sending } from './sending.ts';
import type { Taken } from './taken.ts';
import { wireData } from './wireData.ts';

/** Who runs, and which time. */
export interface HandlerRun {
  readonly handler: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly transaction: unknown;
}

/** What a handler is told of a message besides its data. What it publishes belongs to the message, and is called after it. */
export function handlerContext(taken: Taken, run: HandlerRun, sending: Sending): MessageContext {
  const { message, delivery } = taken;
  const { handler, attempt, signal, transaction } = run;
  const { correlationId, tenant, traceparent, tracestate } = message;
  const link = { correlationId, causationId: message.id, tenant, traceparent, tracestate };
  const composed = new Map<string, number>(); // how often the same was composed

  const compose = <B>(event: EventDefinition<B>, data: B): OutgoingMessage => {
    const text = wireData(event, data);
    const content = derivedId(event.name, text ?? '');
    const count = composed.get(content) ?? 0;
    composed.set(content, count + 1);
    return sending.composeWire(event, text, link, derivedId(message.id, handler, content, count));
  };

  return {
    message,
    delivery,
    attempt,
    signal,
    transaction,
    compose,
    publish: (event, data) => sending.send(compose(event, data)),
  };
}

import type { HandlerError } from '../../contracts/messageFailure.ts';
import type { Taken } from './taken.ts';

/** Which handler failed, and on what. */
export function factsOf(
  handler: string,
  { message, delivery }: Taken,
): Pick<HandlerError, 'type' | 'messageId' | 'correlationId' | 'handler' | 'attempt'> {
  const { id: messageId, type, correlationId } = message;
  return { type, messageId, correlationId, handler, attempt: delivery };
}

import { ageText, theirs } from '../../../operators/internal/figureText.ts';
import type { Part, Wait } from '../../../operators/internal/part.ts';
import type { Transport } from '../../contracts/transport.ts';
import type { Connected } from './connected.ts';

/** A transport over RabbitMQ as an inspection sees it: it waits for a connection, and for confirms. Undefined once it is closed. */
export function transportPart(transport: Transport, connected: Connected): Part | undefined {
  if (connected.phase === 'closed') return undefined;
  return {
    kind: 'transport',
    name: transport.name,
    of: transport,
    look(now) {
      const { waiting, blocked, window, terms } = connected.outbox;
      const oldest = window.oldest() ?? waiting.peek() ?? blocked.peek();
      const oldestAgeMs = oldest ? now - (oldest.deadline - terms.timeoutMs) : 0;
      const held = waiting.size + blocked.size + window.size;
      return {
        figures: {
          waiting: waiting.size,
          capacity: terms.size,
          blocked: blocked.size,
          unconfirmed: window.size,
          oldestAgeMs,
        },
        waits: held === 0 ? [] : waitsOf(connected, window.size, oldestAgeMs),
      };
    },
  };
}

function waitsOf({ publishing }: Connected, unconfirmed: number, oldestAgeMs: number): readonly Wait[] {
  const state = publishing.stateNow;
  if (state === 'blocked') return [{ how: 'is blocked by its broker' }];
  if (state !== 'connected' || unconfirmed === 0) return [{ how: `has no connection (${state})` }];
  const are = unconfirmed === 1 ? 'is' : 'are up to';
  return [{ subject: theirs(unconfirmed, 'unconfirmed message'), how: `${are} ${ageText(oldestAgeMs)} old` }];
}

import { theirs } from '../../../operators/internal/figureText.ts';
import { waitOf } from '../../../operators/internal/heldUp.ts';
import type { Part, Wait } from '../../../operators/internal/part.ts';
import type { Transport } from '../../contracts/transport.ts';
import type { BrokerCore } from './brokerCore.ts';
import type { MemoryQueue } from './memoryQueue.ts';
import type { PublishLine } from './publishLine.ts';

/** A transport in memory as an inspection sees it: what it has published waits for queues that are full. */
export function transportPart(transport: Transport, outbox: PublishLine, broker: BrokerCore): Part {
  return {
    kind: 'transport',
    name: transport.name,
    of: transport,
    look() {
      const next = outbox.next();
      const full = next ? broker.fullFor(next.routingKey) : [];
      return {
        figures: { waiting: outbox.size, capacity: broker.outboxSize },
        waits: full.map((on) => ({ how: 'is blocked by', on })),
        parts: broker.queues().map((queue) => queuePart(queue, broker)),
      };
    },
  };
}

/** A queue in memory: it waits for one of the messages that are being handled. */
function queuePart(queue: MemoryQueue, { maxQueueMessages }: BrokerCore): Part {
  return {
    kind: 'queue',
    name: queue.name,
    of: queue,
    look: () => ({
      figures: {
        waiting: queue.size,
        capacity: maxQueueMessages,
        running: queue.taken.size,
        readers: queue.readerCount,
      },
      needs: 'any',
      waits: waitsOf(queue),
    }),
  };
}

function waitsOf({ taken, readerCount }: MemoryQueue): readonly Wait[] {
  if (readerCount === 0) return [{ how: 'is read by nobody' }];
  const entries = [...taken];
  if (entries.length === 0) return [];
  const waits = entries.flatMap((entry) => waitOf(entry) ?? []);
  const subject = theirs(entries.length, 'message');
  if (waits.length === entries.length)
    return waits.map((wait) => ({ ...wait, subject: entries.length === 1 ? subject : `one of ${subject}` }));
  return [{ subject, how: entries.length === 1 ? 'is being handled' : 'are being handled' }];
}

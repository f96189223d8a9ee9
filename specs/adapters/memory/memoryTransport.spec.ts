import { describe, expect, it } from 'vitest';
import { memoryTransport } from '../../../lib/adapters/memory/memoryTransport.ts';
import type { IncomingMessage, OutgoingMessage } from '../../../lib/contracts/transport.ts';
import { record } from '../../support/record.ts';
import { virtually } from '../../support/virtually.ts';

const messageOf = (id: string, routingKey = 'order.created'): OutgoingMessage => ({
  id,
  routingKey,
  contentType: 'text/plain',
  headers: { a: '1' },
  body: new TextEncoder().encode(id),
});

describe('memoryTransport', () => {
  it('brings a message to the handler of a queue that is bound to it', () => {
    const seen: IncomingMessage[] = [];
    virtually(() => {
      const transport = memoryTransport();
      const events = record(
        transport.consume({ kind: 'durable', name: 'q', bindings: ['order.*'], handle: (m) => void seen.push(m) }),
      );
      expect(record(transport.publish(messageOf('1')))).toEqual(['complete']);
      expect(record(transport.publish(messageOf('2', 'user.created')))).toMatchObject([{ code: 'unroutable' }]);
      expect(events).toEqual([{ kind: 'consuming', queue: 'q' }]);
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual([{ ...messageOf('1'), attempt: 1 }]);
  });
});

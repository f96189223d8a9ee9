import { firstValueFrom, NEVER, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryBroker } from '../../../lib/adapters/memory/createMemoryBroker.ts';
import { UnreachableError } from '../../../lib/contracts/failure.ts';
import type { Transport } from '../../../lib/contracts/transport.ts';
import { queueDeadLetters } from '../../../lib/systems/cli/queueDeadLetters.ts';
import { useVirtualTime } from '../../core/topics/support/virtualTime.ts';

const message = (id: string) => ({
  id,
  routingKey: 'a.b',
  contentType: 'text/plain',
  headers: {},
  body: new Uint8Array(),
});

/** A broker with a queue `mail` that has so many dead letters. */
async function withDeadLetters(count: number): Promise<Transport> {
  const transport = createMemoryBroker().connect();
  const handle = () => Promise.reject(new Error('no'));
  const consuming = transport
    .consume({ kind: 'durable', name: 'mail', bindings: ['#'], maxAttempts: 1, handle })
    .subscribe();
  for (let n = 0; n < count; n++) transport.publish(message(`${n}`)).subscribe();
  await vi.advanceTimersByTimeAsync(100);
  consuming.unsubscribe();
  return transport;
}

describe('the dead letters of queues', () => {
  useVirtualTime();

  it('are counted where there are some, and redriven as many as are asked for', async () => {
    const source = queueDeadLetters(await withDeadLetters(3), new Set(['mail', 'gone']));
    expect(await firstValueFrom(source.list())).toEqual([{ kind: 'queue', name: 'mail', count: 3 }]);
    expect(await firstValueFrom(source.redrive('mail', { max: 2 }))).toBe(2);
    expect(await firstValueFrom(source.list())).toEqual([{ kind: 'queue', name: 'mail', count: 1 }]);
    expect(await firstValueFrom(source.redrive('mail', {}))).toBe(1);
    expect(await firstValueFrom(source.list())).toEqual([]);
  });

  it('are those of queues that this process reads, and of no others', async () => {
    const source = queueDeadLetters(await withDeadLetters(1), new Set(['gone']));
    expect(await firstValueFrom(source.list())).toEqual([]);
    for (const name of ['mail', 'gone']) {
      await expect(firstValueFrom(source.redrive(name, {}))).rejects.toMatchObject({
        status: 404,
        code: 'unknown_queue',
      });
    }
  });

  it('cannot be told while the transport does not answer, or not in time', async () => {
    const transport = createMemoryBroker().connect();
    const down = { ...transport, deadLetters: () => throwError(() => new UnreachableError('broker', 'down')) };
    const slow = { ...transport, deadLetters: () => NEVER };
    const redriveDown = { ...transport, redrive: () => throwError(() => new UnreachableError('broker', 'down')) };
    const unreachable = { status: 503, code: 'transport_unreachable' };
    const all = [
      firstValueFrom(queueDeadLetters(down, new Set(['a'])).list()),
      firstValueFrom(queueDeadLetters(slow, new Set(['a'])).list()),
      firstValueFrom(queueDeadLetters(redriveDown, new Set(['a'])).redrive('a', {})),
    ].map((told) => expect(told).rejects.toMatchObject(unreachable));
    await vi.advanceTimersByTimeAsync(5_000);
    await Promise.all(all);
    expect(vi.getTimerCount()).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { openSse } from '../../adapters/http/support/sse.ts';
import { collectGarbage } from '../../support/collectGarbage.ts';
import { eventually } from './support/eventually.ts';
import { httpSink } from './support/httpSink.ts';
import { startRoute } from './support/startRoute.ts';

const EVENTS = 1_200;
const BUFFER = 100;

describe('a real HTTP sink that hangs', () => {
  it('R1 R3 R6 R7 hurts nobody: the others have everything, an alert comes and goes, memory stays flat', async () => {
    const [healthy, hanging] = [await httpSink(), await httpSink()];
    hanging.answer(undefined);
    const terms = { bufferSize: BUFFER, overflow: 'dropOldest', watermarks: { high: 80, low: 10, holdMs: 50 } };
    const { url, send, route, ask } = await startRoute({
      receivers: [
        {
          name: 'in',
          type: 'webhook',
          routes: [
            { name: 'healthy', sender: { type: 'http', url: healthy.url }, concurrency: 16, bufferSize: 2_000 },
            { name: 'hanging', sender: { type: 'http', url: hanging.url }, ...terms },
          ],
        },
      ],
    });
    const stream = await openSse(new URL('/v1/alerts/events', url).href);
    const padding = 'x'.repeat(8_000);
    const sendMany = async (from: number, count: number) => {
      for (let n = from; n < from + count; n += 50) {
        const sent = await Promise.all(Array.from({ length: 50 }, (_, i) => send('/hooks/in', { n: n + i, padding })));
        expect(new Set(sent)).toEqual(new Set([202]));
      }
    };

    await sendMany(0, EVENTS / 4);
    const raised = await stream.next();
    const heapBefore = await heap();
    await sendMany(EVENTS / 4, (EVENTS * 3) / 4);
    await eventually(() => healthy.received.length).toBe(EVENTS);
    const stuck = await route('in', 'hanging');
    const current = await ask('GET', '/v1/alerts');
    const numbers = new Set(healthy.bodies().map(({ n }) => n));
    (healthy.received as unknown[]).length = 0; // they are ours, and not what is measured
    const growth = (await heap()) - heapBefore;

    expect(numbers.size).toBe(EVENTS);
    expect(raised).toMatchObject({ event: 'raised' });
    expect(JSON.parse(raised!.data)).toMatchObject({ id: 'default/in/hanging', bufferSize: BUFFER, running: 1 });
    expect(current.body.alerts).toMatchObject([{ id: 'default/in/hanging', kind: 'raised' }]);
    expect(stuck).toMatchObject({ depth: BUFFER, inFlight: 1, alert: { state: 'raised' } });
    expect(stuck.outcomes).toMatchObject({ offered: EVENTS, dropped: EVENTS - BUFFER - 1, succeeded: 0 });
    expect(hanging.open()).toBe(1);
    expect(growth).toBeLessThan(3 * 1024 ** 2); // what came meanwhile has 7 MiB of text

    hanging.answer(204);
    const cleared = await stream.next();
    stream.leave();

    expect(cleared).toMatchObject({ event: 'cleared' });
    expect((await ask('GET', '/v1/alerts')).body.alerts).toEqual([]);
    await eventually(async () => (await route('in', 'hanging')).outcomes.succeeded).toBe(BUFFER + 1);
    expect(hanging.bodies().at(-1)?.n).toBe(EVENTS - 1);
  }, 20_000);
});

async function heap(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}

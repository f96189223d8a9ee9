import { describe, expect, it } from 'vitest';
import { openSse } from '../../adapters/http/support/sse.ts';
import { eventually } from './support/eventually.ts';
import { httpSink } from './support/httpSink.ts';
import { startRoute } from './support/startRoute.ts';

const LANE = { bufferSize: 10, overflow: 'dropNewest', watermarks: { high: 5, low: 1, holdMs: 20 } };

/** A route to a sink that hangs, and whatever else. */
const hangingRoute = (url: string, more: object = {}) => ({
  receivers: [{ name: 'in', type: 'webhook', routes: [{ name: 'slow', sender: { type: 'http', url }, ...LANE }] }],
  ...more,
});

describe('alerts', () => {
  it('R7 reach a webhook that was down first, a topic and the log, and each is told once', async () => {
    const [slow, oncall, topic] = [await httpSink(), await httpSink(), await httpSink()];
    slow.answer(undefined);
    oncall.answer(503);
    const config = hangingRoute(slow.url);
    const { send, terminal } = await startRoute({
      topics: ['alerts'],
      receivers: [
        ...config.receivers,
        {
          name: 'told',
          type: 'topic',
          topic: 'alerts',
          routes: [{ name: 'r', sender: { type: 'http', url: topic.url } }],
        },
      ],
      alertSinks: [
        { type: 'webhook', url: oncall.url, retry: { retries: 100, delayMs: 20, maxDelayMs: 40 } },
        { type: 'topic', topic: 'alerts' },
        { type: 'log' },
      ],
    });

    for (let n = 0; n < 8; n++) await send('/hooks/in', { n });
    await eventually(() => topic.bodies()).toMatchObject([{ kind: 'raised', id: 'default/in/slow' }]);
    await eventually(() => oncall.received.length).toBeGreaterThan(2);
    oncall.answer(204);
    const tries = oncall.received.length;
    await eventually(() => oncall.received.length).toBe(tries + 1);
    slow.answer(204);
    await eventually(() => topic.bodies()).toMatchObject([{ kind: 'raised' }, { kind: 'cleared' }]);
    await eventually(() => oncall.bodies().at(-1)).toMatchObject({ kind: 'cleared', route: 'slow' });

    expect(oncall.bodies().slice(0, -1).every(({ kind }) => kind === 'raised')).toBe(true); // prettier-ignore
    expect(new Set(oncall.received.slice(0, -1).map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(terminal.err()).toMatch(/ warn alert raised id="default\/in\/slow"/);
    expect(terminal.err()).toMatch(/ warn alert cleared id="default\/in\/slow"/);
  });

  it('go on after the last one that a client has, and say when its place is lost', async () => {
    const slow = await httpSink();
    slow.answer(undefined);
    const { url, send, ask } = await startRoute(hangingRoute(slow.url));
    const events = new URL('/v1/alerts/events', url).href;
    const { lastEventId } = (await ask('GET', '/v1/alerts')).body;

    for (let n = 0; n < 8; n++) await send('/hooks/in', { n });
    await eventually(async () => (await ask('GET', '/v1/alerts')).body.alerts).toHaveLength(1);
    slow.answer(204);
    await eventually(async () => (await ask('GET', '/v1/alerts')).body.alerts).toHaveLength(0);

    const missed = await openSse(events, lastEventId);
    const [raised, cleared] = await missed.take(2);
    const again = await openSse(`${events}?lastEventId=${raised!.id!}`);
    const lost = await openSse(events, '7');

    expect([raised!.event, cleared!.event]).toEqual(['raised', 'cleared']);
    expect(await again.next()).toEqual(cleared);
    expect((await lost.take(3)).map(({ event }) => event)).toEqual(['reset', 'raised', 'cleared']);
    for (const stream of [missed, again, lost]) stream.leave();
  });

  it('are over when their route is removed', async () => {
    const slow = await httpSink();
    slow.answer(undefined);
    const { send, ask } = await startRoute(hangingRoute(slow.url));

    for (let n = 0; n < 8; n++) await send('/hooks/in', { n });
    await eventually(async () => (await ask('GET', '/v1/alerts')).body.alerts).toHaveLength(1);
    const { body } = await ask('DELETE', '/v1/receivers/in/routes/slow?deadlineMs=50');

    expect(body.tenants.default).toMatchObject({ offered: 8, discarded: 8, waiting: 0, running: 0 });
    expect((await ask('GET', '/v1/alerts')).body.alerts).toEqual([]);
  });
});

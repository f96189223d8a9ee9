import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createEventRing, type EventRing } from '../../../lib/adapters/http/createEventRing.ts';
import { eventStream } from '../../../lib/adapters/http/eventStream.ts';
import { serve, type Serving } from '../../../lib/adapters/http/serve.ts';
import { SseFieldError, type ServerSentEvent } from '../../../lib/adapters/http/sseFrame.ts';
import { OptionError } from '../../../operators/errors.ts';
import { runs } from '../../support/seed.ts';
import { openSse } from './support/sse.ts';

/** A ring that holds the events from 1 to `count`, as far as it is large enough. */
function filled(count: number, size: number, firstId?: number): EventRing {
  const ring = createEventRing({ size, firstId });
  for (let i = 0; i < count; i++) ring.push({ data: `d${i}` });
  return ring;
}

/** Everything that a reader gets of a ring that is closed. */
async function all(events: AsyncIterable<ServerSentEvent>): Promise<readonly ServerSentEvent[]> {
  const seen: ServerSentEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

const idsOf = (events: readonly ServerSentEvent[]) =>
  events.map(({ id, event }) => (event === 'reset' ? 'reset' : Number(id)));

describe('createEventRing', () => {
  it('gives the events after an id, and then what follows', async () => {
    const ring = filled(5, 10);
    const events = ring.after('3')[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ value: { id: '4', data: 'd3' } });
    expect(await events.next()).toMatchObject({ value: { id: '5', data: 'd4' } });
    const waiting = events.next();
    ring.push({ event: 'x', data: 'later' });
    expect(await waiting).toEqual({ done: false, value: { id: '6', event: 'x', data: 'later' } });
  });

  it.each([undefined, null, ''])('gives what follows from now on where there is no id: %j', async (lastEventId) => {
    const ring = filled(5, 10);
    const events = ring.after(lastEventId);
    ring.push({ data: 'six' });
    ring.close();
    expect(idsOf(await all(events))).toEqual([6]);
  });

  it.each([
    'junk',
    '-1',
    '1.5',
    '6',
    '1e1',
    '0x3',
    ' 3',
    '3, 4',
    '9007199254740993',
    String(10n ** 30n),
    '7'.repeat(100_000),
    'NaN',
    '٣',
  ])('G2 begins with a reset after an id that it never gave out: %.20j', async (lastEventId) => {
    const ring = filled(5, 3);
    ring.close();
    const events = await all(ring.after(lastEventId));
    expect(idsOf(events)).toEqual(['reset', 3, 4, 5]);
    expect(events[0]).toEqual({ event: 'reset', data: '{"oldestId":"3","nextId":"6"}', id: '2' });
  });

  it('tells ids of a ring before it from its own when it begins above them', async () => {
    const ring = filled(5, 10, 1_000);
    ring.close();
    expect(idsOf(await all(ring.after('3')))).toEqual(['reset', 1_000, 1_001, 1_002, 1_003, 1_004]);
    expect(idsOf(await all(ring.after('999')))).toEqual([1_000, 1_001, 1_002, 1_003, 1_004]);
  });

  it('C4 gives a reader who comes again exactly what was missed, or a reset and all that is kept', async () => {
    const plan = fc.record({
      size: fc.integer({ min: 1, max: 5 }),
      steps: fc.array(fc.tuple(fc.nat(8), fc.nat(4)), { maxLength: 10 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ size, steps }) => {
        const ring = createEventRing({ size });
        let pushed = 0;
        let last = '0';
        for (const [pushes, reads] of steps) {
          for (let i = 0; i < pushes; i++) ring.push({ data: String(++pushed) });
          const events = ring.after(last)[Symbol.asyncIterator]();
          const oldest = Math.max(1, pushed - size + 1);
          const isLost = Number(last) + 1 < oldest;
          if (isLost) expect((await events.next()).value).toMatchObject({ event: 'reset', id: String(oldest - 1) });
          let expected = isLost ? oldest : Number(last) + 1;
          for (let i = 0; i < reads && expected <= pushed; i++) {
            const { value } = await events.next();
            expect(value).toEqual({ id: String(expected), data: String(expected) });
            last = String(expected++);
          }
          await events.return?.();
        }
      }),
      runs(),
    );
  });

  it('gives a reader who falls behind a reset in the middle, never a gap', async () => {
    const ring = filled(3, 3);
    const events = ring.after('0')[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ id: '1' });
    for (let i = 0; i < 5; i++) ring.push({ data: 'more' });
    ring.close();
    expect((await events.next()).value).toMatchObject({ event: 'reset', id: '5' });
    expect((await events.next()).value).toMatchObject({ id: '6' });
  });

  it('lets readers go at their own pace, each from its place', async () => {
    const ring = filled(4, 10);
    ring.close();
    const twice = ring.after('1');
    expect(await Promise.all([all(twice), all(twice), all(ring.after('4'))]).then((lists) => lists.map(idsOf))).toEqual(
      [[2, 3, 4], [2, 3, 4], []],
    );
  });

  it('ends readers that wait when it is closed, and takes nothing more', async () => {
    const ring = filled(1, 2);
    const waiting = all(ring.after('1'));
    ring.close();
    ring.push({ data: 'too late' });
    expect(await waiting).toEqual([]);
    expect(idsOf(await all(ring.after('0')))).toEqual([1]);
  });

  it('settles a reader that leaves while it waits', async () => {
    const events = filled(0, 2).after()[Symbol.asyncIterator]();
    const waiting = events.next();
    await events.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('refuses an event that cannot be sent, and keeps its count', async () => {
    const ring = filled(1, 5);
    expect(() => ring.push({ event: 'a\nb', data: '' })).toThrow(SseFieldError);
    ring.push({ data: 'fine' });
    ring.close();
    expect(idsOf(await all(ring.after('0')))).toEqual([1, 2]);
  });

  it.each([{ size: 0 }, { size: 1.5 }, { firstId: 0 }, { firstId: NaN }])('refuses %j', (options) => {
    expect(() => createEventRing(options)).toThrow(OptionError);
  });
});

describe('createEventRing, over HTTP', () => {
  const servings: Serving[] = [];
  afterEach(async () => {
    await Promise.all(servings.splice(0).map((serving) => serving.stop({ deadlineMs: 0 })));
  });

  it('C4 G2 lets a client go on where its connection broke', async () => {
    const ring = createEventRing({ size: 4 });
    const serving = await serve(
      { fetch: (request) => eventStream(request, ring.after(request.headers.get('last-event-id'))) },
      { port: 0 },
    );
    servings.push(serving);
    for (let i = 1; i <= 6; i++) ring.push({ data: String(i) });

    const first = await openSse(serving.url, '3');
    expect((await first.take(2)).map(({ id }) => id)).toEqual(['4', '5']);
    first.leave();
    ring.push({ data: '7' });
    const again = await openSse(serving.url, '5');
    expect((await again.take(2)).map(({ id }) => id)).toEqual(['6', '7']);
    again.leave();

    const old = await openSse(serving.url, '1');
    expect((await old.take(3)).map(({ id, event }) => event ?? id)).toEqual(['reset', '4', '5']);
    old.leave();
    const huge = await fetch(serving.url, { headers: { 'last-event-id': '7'.repeat(100_000) } });
    expect(huge.status).toBe(431);
  });

  it('holds nothing for a client that reads slowly: it gets a reset when it is left behind', async () => {
    const ring = createEventRing({ size: 3 });
    const failures: unknown[] = [];
    const serving = await serve(
      {
        fetch: (request) =>
          eventStream(request, ring.after('0'), {
            maxQueuedBytes: 300_000,
            onError: (failure) => failures.push(failure),
          }),
      },
      { port: 0 },
    );
    servings.push(serving);
    const client = await openSse(serving.url);
    for (let i = 1; i <= 200; i++) {
      ring.push({ data: 'x'.repeat(100_000) });
      await new Promise((resolve) => setImmediate(resolve));
    }
    ring.close();

    let previous = 0;
    let resets = 0;
    for (let event = await client.next(); event && event.event !== 'end'; event = await client.next()) {
      if (event.event === 'reset') resets++;
      else if (resets === 0) expect(Number(event.id)).toBe(previous + 1);
      previous = Number(event.id);
    }
    expect(previous).toBe(200);
    expect(resets).toBeGreaterThan(0);
    expect(failures).toEqual([]);
  });
});

import { connect } from 'node:net';
import { concat, defer, finalize, map, NEVER, Observable, of, range, Subject, throwError } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventStream, type EventStreamOptions } from '../../../lib/adapters/http/eventStream.ts';
import { serve, type Serving } from '../../../lib/adapters/http/serve.ts';
import type { ServerSentEvent } from '../../../lib/adapters/http/sseFrame.ts';
import { OptionError } from '../../../operators/errors.ts';
import { openSse, readSse } from './support/sse.ts';

const servings: Serving[] = [];

async function start(
  events: (request: Request) => Observable<ServerSentEvent> | AsyncIterable<ServerSentEvent>,
  options: EventStreamOptions = {},
) {
  const serving = await serve(
    { fetch: (request) => eventStream(request, events(request), options) },
    { port: 0, limits: { idleMs: 60_000 } }, // no connection is closed for being idle
  );
  servings.push(serving);
  return serving;
}

const numbers = (count: number) => range(count).pipe(map((n) => ({ id: String(n), data: `n${n}` })));
/** Says how many subscribers a stream has. */
const counted = <T>(source$: Observable<T>) => {
  const watched = { count: 0, stream$: source$ };
  watched.stream$ = defer(() => {
    watched.count++;
    return source$.pipe(finalize(() => watched.count--));
  });
  return watched;
};
const once = () => {
  let done = () => {};
  const promise = new Promise<void>((resolve) => {
    done = resolve;
  });
  return { promise, done: () => done() };
};
const asking = () => new Request('http://localhost/');

afterEach(async () => {
  await Promise.all(servings.splice(0).map((serving) => serving.stop({ deadlineMs: 0 })));
});

describe('eventStream', () => {
  it('gives the events one by one, and says that they have ended', async () => {
    const { url } = await start(() => concat(numbers(2), of({ event: 'last', data: 'a\nb' })), { retryMs: 70 });
    const client = await openSse(url);

    expect(client.response.headers.get('content-type')).toBe('text/event-stream');
    expect(client.response.headers.get('cache-control')).toBe('no-store');
    expect(await client.take(9)).toEqual([
      { id: '0', event: undefined, data: 'n0' },
      { id: '1', event: undefined, data: 'n1' },
      { id: undefined, event: 'last', data: 'a\nb' },
      { id: undefined, event: 'end', data: '{"reason":"completed"}' },
    ]);
    expect(client.retries).toEqual([70]);
  });

  it('sends the headers before the first event, and each event as soon as it is there', async () => {
    const event$ = new Subject<ServerSentEvent>();
    const { url } = await start(() => event$);
    const client = await openSse(url);
    for (const data of ['a', 'b']) {
      event$.next({ data });
      expect(await client.next()).toMatchObject({ data });
    }
    client.leave();
  });

  it('tells nothing of a failure but its problem, and the failure to onError', async () => {
    const failures: unknown[] = [];
    const failure = new Error('password is tomato');
    const { url } = await start(
      () =>
        concat(
          numbers(1),
          throwError(() => failure),
        ),
      { onError: (error) => failures.push(error) },
    );
    const [, end] = await (await openSse(url)).take(9);

    expect(end!.event).toBe('end');
    expect(JSON.parse(end!.data)).toMatchObject({ reason: 'failed', problem: { code: 'internal_error', status: 500 } });
    expect(end!.data).not.toContain('tomato');
    expect(failures).toEqual([failure]);
  });

  it('C5 ends with a failure at an event that cannot be sent', async () => {
    const failures: unknown[] = [];
    const { url } = await start(() => of({ data: 'fine' }, { id: 'a\nb', data: '' }), {
      onError: (error) => failures.push(error),
    });
    const [fine, end] = await (await openSse(url)).take(9);
    expect([fine!.data, JSON.parse(end!.data).reason]).toEqual(['fine', 'failed']);
    expect(failures).toMatchObject([{ code: 'invalid_event_field', field: 'id' }]);
  });

  it('answers HEAD without asking for events', async () => {
    let subscribed = 0;
    const { url } = await start(() => defer(() => (subscribed++, NEVER)));
    const { status, headers } = await fetch(url, { method: 'HEAD' });
    expect([status, headers.get('content-type'), subscribed]).toEqual([200, 'text/event-stream', 0]);
  });

  it('C7 leaves the events at once when the client does', async () => {
    const left = once();
    const { url } = await start(() => concat(numbers(1), NEVER).pipe(finalize(left.done)));
    const client = await openSse(url);
    await client.next();
    client.leave();
    await left.promise;
  });

  it('C12 ends its streams when the server is told to stop, and the server does not wait for its deadline', async () => {
    const event$ = new Subject<ServerSentEvent>();
    const serving = await start(() => event$);
    const clients = await Promise.all([1, 2, 3].map(() => openSse(serving.url)));
    event$.next({ data: 'a' });

    const stopped = serving.stop({ deadlineMs: 30_000 });

    for (const client of clients) {
      expect(await client.take(9)).toMatchObject([{ data: 'a' }, { event: 'end', data: '{"reason":"stopping"}' }]);
    }
    await stopped;
    expect(event$.observed).toBe(false);
  });

  it('C6 G7 closes the connection of a client that stops reading, and of no other', async () => {
    const event$ = new Subject<ServerSentEvent>();
    const failures: unknown[] = [];
    const clients = counted(event$);
    const { url, port } = await start(() => clients.stream$, {
      maxQueuedBytes: 200_000,
      onError: (error) => failures.push(error),
    });
    const stuck = connect(port, '127.0.0.1');
    stuck.on('error', () => {});
    const closed = new Promise((resolve) => stuck.once('close', resolve));
    stuck.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => stuck.once('data', resolve));
    stuck.pause();
    const reading = await openSse(url);
    expect(clients.count).toBe(2);

    const data = 'x'.repeat(50_000);
    let sent = 0;
    while (failures.length === 0 && sent < 1_000) {
      event$.next({ data });
      expect(await reading.next()).toMatchObject({ data });
      sent++;
    }

    expect(failures).toMatchObject([{ name: 'SlowClientError', code: 'slow_client' }]);
    expect((failures[0] as { queuedBytes: number }).queuedBytes).toBeLessThan(260_000);
    expect(clients.count).toBe(1);
    stuck.resume();
    await closed;
    event$.next({ data: 'still here' });
    expect(await reading.next()).toMatchObject({ data: 'still here' });
    reading.leave();
  });

  it('asks an iterable for the next event when the client has taken the one before', async () => {
    let given = 0;
    const left = once();
    async function* endless() {
      try {
        for (;;) yield { data: String(given++).padEnd(100_000) };
      } finally {
        left.done();
      }
    }
    const body = eventStream(asking(), endless()).body!.getReader();
    await body.read(); // retry
    for (let i = 0; i < 3; i++) await body.read();
    await Promise.resolve();

    expect(given).toBeLessThanOrEqual(4);
    await body.cancel();
    await left.promise;
  });

  it('ends with an iterable, and fails with it', async () => {
    async function* broken(failure?: Error) {
      yield { data: 'a' };
      if (failure) throw failure;
    }
    const ends = [];
    for (const failure of [undefined, new Error('down')]) {
      const [, end] = await readSse(eventStream(asking(), broken(failure))).take(9);
      ends.push(JSON.parse(end!.data).reason);
    }
    expect(ends).toEqual(['completed', 'failed']);
  });

  it.each([{ retryMs: -1 }, { retryMs: 0.5 }, { keepAliveMs: 0 }, { keepAliveMs: NaN }, { maxQueuedBytes: 0 }])(
    'refuses %j',
    (options) => {
      expect(() => eventStream(asking(), NEVER, options)).toThrow(OptionError);
    },
  );
});

describe('eventStream, in time', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const turns = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  const text = (chunk: ReadableStreamReadResult<Uint8Array>) => new TextDecoder().decode(chunk.value);

  it('C10 keeps an idle stream alive with comments', async () => {
    const reader = eventStream(asking(), NEVER, { keepAliveMs: 15_000 }).body!.getReader();
    expect(text(await reader.read())).toBe('retry: 3000\n\n');
    for (let i = 0; i < 3; i++) {
      const read = reader.read();
      await turns();
      await vi.advanceTimersByTimeAsync(15_000);
      expect(text(await read)).toBe(': keep-alive\n\n');
    }
    await reader.cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('C10 gives up a client that takes nothing, within two periods', async () => {
    const event$ = new Subject<ServerSentEvent>();
    const failures: unknown[] = [];
    const reader = eventStream(asking(), event$, {
      keepAliveMs: 1_000,
      onError: (error) => failures.push(error),
    }).body!.getReader();
    await reader.read();
    await turns();
    await vi.advanceTimersByTimeAsync(100);
    event$.next({ data: 'unread' });
    await vi.advanceTimersByTimeAsync(1_899);
    expect(event$.observed).toBe(true);
    await vi.advanceTimersByTimeAsync(1);

    expect(event$.observed).toBe(false);
    expect(failures).toMatchObject([{ code: 'slow_client' }]);
    await expect(reader.read()).rejects.toMatchObject({ code: 'slow_client' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('C6 stops a source that never stops by itself, once the cap is reached', async () => {
    let produced = 0;
    const flood$ = new Observable<ServerSentEvent>((subscriber) => {
      while (!subscriber.closed && produced < 100_000) {
        produced++;
        subscriber.next({ data: 'x'.repeat(100) });
      }
    });
    const reader = eventStream(asking(), flood$, { maxQueuedBytes: 10_000 }).body!.getReader();
    await expect(reader.read().then(() => reader.read())).rejects.toMatchObject({ code: 'slow_client' });
    expect(produced).toBeLessThan(110);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('C7 X3 leaves nothing after 10 000 clients that came and went', async () => {
    const clients = counted(new Subject<ServerSentEvent>());
    for (let i = 0; i < 10_000; i++) {
      const reader = eventStream(asking(), clients.stream$).body!.getReader();
      await reader.read();
      if (i % 2) void reader.read();
      await reader.cancel();
    }
    expect(clients.count).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does nothing before it is read', () => {
    const event$ = new Subject<ServerSentEvent>();
    eventStream(asking(), event$);
    expect(event$.observed).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});

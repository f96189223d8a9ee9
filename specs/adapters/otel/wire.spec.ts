import { randomUUID } from 'node:crypto';
import * as t from 'io-ts';
import { firstValueFrom, lastValueFrom, mergeMap, ReplaySubject, Subject, throwError, timer } from 'rxjs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { httpSender } from '../../../lib/adapters/http/httpSender.ts';
import { serve } from '../../../lib/adapters/http/serve.ts';
import { memoryTransport } from '../../../lib/adapters/memory/memoryTransport.ts';
import { rabbitmqTransport } from '../../../lib/adapters/rabbitmq/rabbitmqTransport.ts';
import type { Transport } from '../../../lib/contracts/transport.ts';
import { createBus } from '../../../lib/core/events/createBus.ts';
import { defineEvent } from '../../../lib/core/events/defineEvent.ts';
import { defineMessages } from '../../../lib/core/events/defineMessages.ts';
import { sharedBroker, withoutRabbitmq } from '../../support/rabbitmq.ts';
import { msOf, startOf, traced, traceNow, type Traced } from './support/traced.ts';

const CLIENT = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const CLIENT_SPAN = 'c0ffee00c0ffee00';

/** Publishes over HTTP, through a transport, to a handler that fails the first time. */
async function journey(transport: Transport, { spans }: Traced): Promise<readonly ReadableSpan[]> {
  const name = `s${randomUUID().slice(0, 8)}`;
  const Placed = defineEvent(`${name}.placed`, t.type({ total: t.number }));
  const messages = defineMessages([Placed]);
  const bus = createBus({ service: name, transport, messages, newId: randomUUID });
  const handled = new Subject<readonly unknown[]>();
  bus.on(Placed, {
    id: 'billing',
    retry: { retries: 1, delayMs: 20 },
    handle: async (_, { attempt, message }) => {
      await Promise.resolve();
      if (attempt === 1) throw new RangeError('not yet');
      handled.next([traceNow(), message.traceparent?.split('-')[1]]);
    },
  });
  const consuming = new ReplaySubject<void>(1);
  const running = bus.consume().subscribe(({ kind }) => kind === 'consuming' && consuming.next());
  await firstValueFrom(consuming);
  const serving = await serve(
    {
      fetch: async () => {
        await lastValueFrom(bus.publish(Placed, { total: 12 }), { defaultValue: undefined });
        return new Response(null, { status: 202 });
      },
    },
    { port: 0 },
  );
  onTestFinished(() => serving.stop({ deadlineMs: 0 }));

  const seen = firstValueFrom(handled);
  const headers = { traceparent: `00-${CLIENT}-${CLIENT_SPAN}-01`, tracestate: 'vendor=1' };
  const { status } = await fetch(serving.url, { method: 'POST', headers });
  expect(status).toBe(202);
  expect(await seen).toEqual([CLIENT, CLIENT]);
  await lastValueFrom(bus.close(), { defaultValue: undefined });
  running.unsubscribe();
  await lastValueFrom(transport.close(), { defaultValue: undefined });
  await serving.stop({ deadlineMs: 0 });
  return spans().map((span) => Object.assign(span, { shown: span.name.replaceAll(name, 's') }));
}

function checkJourney(spans: readonly ReadableSpan[], system: string): void {
  const shown = (span: ReadableSpan) => (span as ReadableSpan & { readonly shown: string }).shown;
  const one = (name: string, at = 0) => spans.filter((span) => shown(span) === name)[at]!;
  const parentOf = (span: ReadableSpan) => {
    const id = span.parentSpanContext?.spanId;
    const parent = spans.find((other) => other.spanContext().spanId === id);
    return parent ? shown(parent) : id;
  };
  expect(new Set(spans.map((span) => span.spanContext().traceId))).toEqual(new Set([CLIENT]));
  expect(spans.map((span) => [shown(span), parentOf(span)]).sort()).toEqual(
    [
      ['POST', CLIENT_SPAN],
      ['send s.placed', 'POST'],
      ['wait s.events', 'send s.placed'],
      ['process s.events', 'send s.placed'],
      ['process s.placed', 'process s.events'],
      ['wait s.placed', 'process s.events'],
      ['process s.placed', 'process s.events'],
    ].sort(),
  );
  expect(one('process s.events').attributes).toMatchObject({
    'messaging.system': system,
    'messaging.operation.name': 'process',
    'rxfan.attempt': 1,
  });
  expect(one('process s.placed').attributes).toMatchObject({ 'rxfan.attempt': 1, 'error.type': 'RangeError' });
  expect(one('process s.placed', 1).attributes['rxfan.attempt']).toBe(2);
  expect(msOf(one('wait s.placed'))).toBeGreaterThanOrEqual(15);
  expect(msOf(one('wait s.events'))).toBeGreaterThanOrEqual(0);
  expect(one('POST').attributes).toMatchObject({ 'http.request.method': 'POST', 'http.response.status_code': 202 });
  expect(spans.map((span) => span.spanContext().traceState?.serialize())).toEqual(spans.map(() => 'vendor=1'));
}

describe('an item: published over HTTP, retried once, handled', () => {
  it('has one trace in memory', async () => {
    const telemetry = traced();
    checkJourney(await journey(memoryTransport(), telemetry), 'memory');
  });
});

describe.skipIf(withoutRabbitmq())('over RabbitMQ', () => {
  let url: string;
  beforeAll(async () => {
    url = await sharedBroker();
  }, 90_000);

  it('has one trace', async () => {
    const telemetry = traced();
    const exchange = { name: `x${randomUUID().slice(0, 8)}`, type: 'topic' as const };
    checkJourney(await journey(rabbitmqTransport({ url, exchange }), telemetry), 'rabbitmq');
  }, 30_000);

  it('tells a second delivery and how long it waited for it', async () => {
    const telemetry = traced();
    const exchange = { name: `x${randomUUID().slice(0, 8)}`, type: 'topic' as const };
    await redelivered(rabbitmqTransport({ url, exchange }), telemetry);
  }, 30_000);
});

describe('a message that comes again', () => {
  it('has another step in the same trace, and a wait', async () => {
    await redelivered(memoryTransport(), traced());
  });
});

async function redelivered(transport: Transport, { within, named }: Traced): Promise<void> {
  const name = `q${randomUUID().slice(0, 8)}`;
  const seen: unknown[] = [];
  const events = transport.consume({
    kind: 'durable',
    name,
    bindings: [name],
    retryDelayMs: 50,
    handle: ({ attempt, headers }) => {
      seen.push([attempt, traceNow(), Object.keys(headers)]);
      if (attempt === 1) return timer(20).pipe(mergeMap(() => throwError(() => new Error('again'))));
      done.next();
      return undefined;
    },
  });
  const done = new Subject<void>();
  const over = firstValueFrom(done);
  let id = '';
  const consuming = new ReplaySubject<void>(1);
  const running = events.subscribe(({ kind }) => kind === 'consuming' && consuming.next());
  await firstValueFrom(consuming);
  await within('root', (span) => {
    id = span.spanContext().traceId;
    const message = { id: randomUUID(), routingKey: name, contentType: 'text/plain', headers: { own: '1' } };
    return lastValueFrom(transport.publish({ ...message, body: new Uint8Array() }), { defaultValue: undefined });
  });
  await over;
  await lastValueFrom(transport.close(), { defaultValue: undefined });
  running.unsubscribe();

  expect(seen.map((one) => (one as unknown[]).slice(0, 2))).toEqual([
    [1, id],
    [2, id],
  ]);
  const [sent] = named(`send ${name}`);
  expect(
    named(`process ${name}`).map(({ attributes, parentSpanContext }) => [
      attributes['rxfan.attempt'],
      parentSpanContext?.spanId,
    ]),
  ).toEqual([
    [1, sent?.spanContext().spanId],
    [2, sent?.spanContext().spanId],
  ]);
  const [first, second] = named(`wait ${name}`);
  expect(msOf(second!)).toBeGreaterThanOrEqual(45);
  expect(second!.parentSpanContext?.spanId).toBe(sent?.spanContext().spanId);
  expect(startOf(second!) - startOf(first!)).toBeGreaterThanOrEqual(15); // since it came back, not since it was first sent
}

const HOSTILE: readonly (readonly [string, string])[] = [
  ['no hex', `00-${'g'.repeat(32)}-${CLIENT_SPAN}-01`],
  ['capitals', `00-${CLIENT.toUpperCase()}-${CLIENT_SPAN}-01`],
  ['zeroes for a trace', `00-${'0'.repeat(32)}-${CLIENT_SPAN}-01`],
  ['zeroes for a span', `00-${CLIENT}-${'0'.repeat(16)}-01`],
  ['version ff', `ff-${CLIENT}-${CLIENT_SPAN}-01`],
  ['version 00 with more', `00-${CLIENT}-${CLIENT_SPAN}-01-more`],
  ['too short', `00-${CLIENT}-${CLIENT_SPAN}`],
  ['too long', `01-${CLIENT}-${CLIENT_SPAN}-01-${'x'.repeat(8_000)}`],
  ['two of them', `00-${CLIENT}-${CLIENT_SPAN}-01, 00-${CLIENT}-${CLIENT_SPAN}-01`],
  ['something else', '__proto__'],
  ['nothing', ''],
];

describe('a request', () => {
  async function asked(headers: Readonly<Record<string, string>>, method = 'GET') {
    const telemetry = traced();
    let inside: string | undefined;
    const serving = await serve(
      {
        fetch: () => {
          inside = traceNow();
          return new Response('');
        },
      },
      { port: 0 },
    );
    const { status } = await fetch(`${serving.url}secret-path?secret=1`, { method, headers });
    await serving.stop({ deadlineMs: 0 });
    const [span] = telemetry.spans();
    return { status, inside, span: span!, spans: telemetry.spans() };
  }

  it.each(HOSTILE)('begins a trace of its own where traceparent is malformed: %s', async (_, traceparent) => {
    const { status, inside, span } = await asked({ traceparent, tracestate: 'a=1' });
    expect(status).toBe(200);
    expect(inside).toMatch(/^[0-9a-f]{32}$/);
    expect(inside).not.toBe(CLIENT);
    expect(span.parentSpanContext).toBeUndefined();
  });

  it.each([
    ['version 00', `00-${CLIENT}-${CLIENT_SPAN}-01`],
    ['a version to come', `42-${CLIENT}-${CLIENT_SPAN}-01-what-is-not-known-yet`],
  ])('belongs to the trace of its client: %s', async (_, traceparent) => {
    const { inside, span } = await asked({ traceparent });
    expect(inside).toBe(CLIENT);
    expect(span.parentSpanContext).toMatchObject({ spanId: CLIENT_SPAN, isRemote: true });
  });

  it.each([
    ['not sampled', `00-${CLIENT}-${CLIENT_SPAN}-00`, 0],
    ['flags that nobody knows', `00-${CLIENT}-${CLIENT_SPAN}-ff`, 1],
  ])('is recorded as its client asked: %s', async (_, traceparent, recorded) => {
    const { spans, inside } = await asked({ traceparent }).catch(() => ({ spans: [], inside: CLIENT }));
    expect(spans).toHaveLength(recorded);
    expect(inside).toBe(CLIENT);
  });

  it.each([
    ['what is no list', 'no list at all', ''],
    ['too much of it', `a=${'x'.repeat(600)}`, ''],
    ['what looks like ours', 'rxfan=zzzz,a=1', 'a=1'],
  ])('leaves a tracestate that is none: %s', async (_, tracestate, expected) => {
    const { span } = await asked({ traceparent: `00-${CLIENT}-${CLIENT_SPAN}-01`, tracestate });
    expect(span.spanContext().traceState?.serialize() ?? '').toBe(expected);
  });

  it('tells no path, no query and no method that nobody knows', async () => {
    const { span } = await asked({}, 'PROPFIND');
    expect(span.name).toBe('HTTP');
    expect(span.attributes['http.request.method']).toBe('_OTHER');
    expect(JSON.stringify([span.name, span.attributes])).not.toContain('secret');
  });
});

describe('a sender over HTTP', () => {
  it('carries the trace', async () => {
    const telemetry = traced();
    const seen: (string | null)[] = [];
    const sender = httpSender({
      name: 'billing',
      url: 'http://billing.example/secret-path',
      fetch: async (_, { headers }) => {
        seen.push(new Headers(headers).get('traceparent'));
        return new Response(null, { status: 204 });
      },
    });
    const id = await telemetry.within('root', async (span) => {
      const event = { id: 'e', payload: {}, tenant: '', receivedAt: 0 };
      await lastValueFrom(sender.send(event, new AbortController().signal), { defaultValue: undefined });
      return span.spanContext().traceId;
    });
    const [call] = telemetry.named('POST');
    expect(seen).toEqual([`00-${id}-${call?.spanContext().spanId}-01`]);
    expect(call?.attributes).toEqual({
      'http.request.method': 'POST',
      'server.address': 'billing.example',
      'http.response.status_code': 204,
    });
  });
});

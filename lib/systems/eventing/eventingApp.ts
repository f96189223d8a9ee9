import { firstValueFrom, fromEvent, takeUntil, type Observable } from 'rxjs';
import { answerJson } from '../../adapters/http/answerJson.ts';
import { connectionOf } from '../../adapters/http/connection.ts';
import { createApi, type ApiOptions } from '../../adapters/http/createApi.ts';
import { eventStream, type EventStreamOptions } from '../../adapters/http/eventStream.ts';
import { RequestError } from '../../adapters/http/problem.ts';
import { readIdempotencyKey } from '../../adapters/http/readIdempotencyKey.ts';
import { readJson } from '../../adapters/http/readJson.ts';
import { quoted, readPageSize, readPageToken, readQuery } from '../../adapters/http/readQuery.ts';
import type { WebApp } from '../../adapters/http/serve.ts';
import { webSocket, type WebSocketOptions } from '../../adapters/http/webSocket.ts';
import type { OperationState } from '../../contracts/operation.ts';
import type { Eventing } from './createEventing.ts';
import { createSeats, type SeatsOptions } from './createSeats.ts';
import { openapi as ownApi } from './openapi.ts';
import { readWait } from './readWait.ts';
import { requestErrorOf } from './requestErrorOf.ts';
import { streamSession } from './streamSession.ts';
import { traceOf } from './traceOf.ts';

/** What {@link eventingApp} serves, and to whom. */
export interface EventingAppOptions extends Omit<ApiOptions, 'openapi' | 'problemOf'> {
  readonly eventing: Eventing;
  /** What /openapi.json says. Default: the description of this API alone. */
  readonly openapi?: object | undefined;
  /**
   * How many may wait for an operation, or follow something, at the same time. A client is a tenant; without `authorize` it is
   * an address.
   */
  readonly seats?: SeatsOptions | undefined;
  /** How event streams are treated. */
  readonly streams?: Omit<EventStreamOptions, 'onError'> | undefined;
  /** How sockets are treated. */
  readonly sockets?:
    (Omit<WebSocketOptions, 'onError'> & { readonly maxSubscriptions?: number | undefined }) | undefined;
}

const STATES: readonly OperationState[] = ['accepted', 'succeeded', 'failed', 'expired'];

/** The HTTP side of commands, operations and events: the API under /v1, its description, and health. */
export function eventingApp(options: EventingAppOptions): WebApp {
  const { eventing, openapi = ownApi, ready = () => true, onError, seats: bounds, streams } = options;
  const { maxSubscriptions, ...sockets } = options.sockets ?? {};
  const { messages } = eventing;
  const app = createApi({ ...options, openapi, problemOf: requestErrorOf });
  const seats = createSeats(bounds);
  const clientOf = (request: Request, tenant: string): string =>
    options.authorize ? tenant : (connectionOf(request).address ?? '');

  app.post('/v1/commands/:name', async ({ req, var: { tenant } }) => {
    readQuery(new URL(req.url), { once: [] });
    if (!ready()) throw new RequestError(503, 'stopping', 'the server is stopping', { 'retry-after': '5' });
    const command = messages.command(req.param('name')) ?? unknownCommand(req.param('name'));
    const idempotencyKey = readIdempotencyKey(req.raw.headers);
    const data = await readJson(req.raw, { codec: command.codec });
    const how = { tenant, idempotencyKey, ...traceOf(req.raw.headers) };
    const operation = await firstValueFrom(eventing.submit(command, data, how));
    return answerJson(operation, { status: 202, headers: { location: `/v1/operations/${operation.id}` } });
  });

  app.get('/v1/commands', ({ req }) => {
    readQuery(new URL(req.url), { once: [] });
    return answerJson({ commands: messages.commands.map(({ name, codec }) => ({ name, data: codec.name })) });
  });

  app.get('/v1/operations', async ({ req, var: { tenant } }) => {
    const { pageSize, pageToken, command, state } = readQuery(new URL(req.url), {
      once: ['pageSize', 'pageToken', 'command', 'state'],
    });
    const place = { pageSize: readPageSize(pageSize), pageToken: readPageToken(pageToken), signal: req.raw.signal };
    if (command !== undefined && !messages.command(command)) unknownCommand(command, 400);
    return answerJson(await firstValueFrom(eventing.page({ tenant, ...place, command, state: knownState(state) })));
  });

  app.get('/v1/operations/:id', async ({ req, var: { tenant } }) => {
    const waitMs = readWait(readQuery(new URL(req.url), { once: ['wait'] }).wait);
    const id = req.param('id');
    const stop$ = connectionOf(req.raw).stopping$;
    const operation$ = eventing.wait(id, { tenant, waitMs, stop$ }) ?? unknownOperation();
    if (waitMs === 0) return answerJson(eventing.get(id, tenant) ?? unknownOperation());
    const client = clientOf(req.raw, tenant);
    return answerJson(await untilGone(seats.observed(client, operation$), req.raw.signal));
  });

  app.get('/v1/operations/:id/events', ({ req, var: { tenant } }) => {
    readQuery(new URL(req.url), { once: [] });
    const followed$ = eventing.followOperation(req.param('id'), { tenant, lastEventId: req.header('last-event-id') });
    if (followed$ === 'unknown') unknownOperation();
    if (followed$ === 'over') return new Response(null, { status: 204 }); // a browser comes again until it gets this
    const client = clientOf(req.raw, tenant);
    seats.check(client);
    return eventStream(req.raw, seats.observed(client, followed$), { ...streams, onError });
  });

  app.get('/v1/events/:type', ({ req, var: { tenant } }) => {
    readQuery(new URL(req.url), { once: [] });
    const type = req.param('type');
    const followed = eventing.followEvents(type, { tenant, lastEventId: req.header('last-event-id') });
    if (!followed) {
      const known = listed(messages.events);
      throw new RequestError(404, 'unknown_event', `there is no event ${quoted(type)}; known: ${known}`);
    }
    const client = clientOf(req.raw, tenant);
    seats.check(client);
    return eventStream(req.raw, seats.iterated(client, followed), { ...streams, onError });
  });

  app.get('/v1/stream', ({ req, var: { tenant } }) => {
    readQuery(new URL(req.url), { once: [] });
    const client = clientOf(req.raw, tenant);
    seats.check(client);
    return webSocket(req.raw, seats.talked(client, streamSession({ eventing, tenant, maxSubscriptions })), {
      ...sockets,
      onError,
    });
  });

  return { fetch: (request) => app.fetch(request) };

  function unknownCommand(name: string, status = 404): never {
    const known = listed(messages.commands);
    throw new RequestError(status, 'unknown_command', `there is no command ${quoted(name)}; known: ${known}`);
  }
}

function knownState(state: string | undefined): OperationState | undefined {
  const known = STATES.find((candidate) => candidate === state);
  if (state === known) return known;
  throw new RequestError(400, 'unknown_state', `there is no state ${quoted(state!)}; known: ${STATES.join(', ')}`);
}

function unknownOperation(): never {
  throw new RequestError(
    404,
    'unknown_operation',
    'there is no such operation: it never was, or it ended too long ago',
  );
}

function listed(definitions: readonly { readonly name: string }[]): string {
  return definitions.map(({ name }) => name).join(', ') || 'none';
}

/** The first value; nobody waits for it any more once the client has left. */
function untilGone<T>(value$: Observable<T>, signal: AbortSignal): Promise<T> {
  return firstValueFrom(value$.pipe(takeUntil(fromEvent(signal, 'abort'))));
}

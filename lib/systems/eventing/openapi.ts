import { apiParts } from '../../adapters/http/apiParts.ts';
import { schemas } from './openapiSchemas.ts';

const text = { type: 'string' } as const;

const parameter = (place: 'path' | 'query' | 'header', name: string, description: string, schema: object) => ({
  name,
  in: place,
  description,
  schema,
  ...(place === 'path' && { required: true }),
});
const id = parameter('path', 'id', 'The `id` of the operation.', text);
const lastEventId = parameter('header', 'Last-Event-ID', 'The id of the last event that came.', text);

const { json, pageParameters, problem } = apiParts;
const unauthorized = problem('Credentials are needed.');
const unknownOperation = problem('There is no such operation: it never was, it ended too long ago, or is not yours.');
const noParameters = problem('There are no parameters.');
const tooMany = { 429: problem('You follow as much as you may.'), 503: problem('As many follow something as may.') };
const events = { description: 'The events.', content: { 'text/event-stream': { schema: text } } };

/** The description of the API of commands, operations and events. */
export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'rxfan events',
    version: '1.0.0',
    description:
      'Commands that are accepted at once, operations that tell what became of them, and events that can be followed.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  paths: {
    '/v1/commands': {
      get: {
        operationId: 'listCommands',
        summary: 'The commands that there are',
        responses: {
          200: { description: 'All of them.', content: json('Commands') },
          400: noParameters,
          401: unauthorized,
        },
      },
    },
    '/v1/commands/{name}': {
      post: {
        operationId: 'submitCommand',
        summary: 'Sends a command to the service that carries it out',
        parameters: [
          parameter('path', 'name', 'The name of the command.', text),
          parameter('header', 'Idempotency-Key', 'Names the request: sent again, it means the same operation.', {
            ...text,
            pattern: '^[!-~]{1,255}$',
          }),
        ],
        requestBody: {
          required: true,
          description: 'The data of the command, which its codec checks.',
          content: { 'application/json': { schema: {} } },
        },
        responses: {
          202: {
            description: 'The operation: the broker has the command. `Location` is where it can be looked at.',
            headers: { Location: { schema: text } },
            content: json('Operation'),
          },
          400: problem('A body that is not JSON, data that does not fit, or a key that cannot be read.'),
          401: unauthorized,
          404: problem('There is no such command.'),
          409: problem('The key belongs to another command, or to other data.'),
          413: problem('The body is too long.'),
          415: problem('The body is not declared to be JSON in UTF-8.'),
          503: problem(
            'The command could not be handed over, or the server is stopping. Try again, with the same key.',
          ),
        },
      },
    },
    '/v1/operations': {
      get: {
        operationId: 'listOperations',
        summary: 'One page of operations, the newest first',
        parameters: [
          ...pageParameters,
          parameter('query', 'command', 'Only operations of this command.', text),
          parameter('query', 'state', 'Only operations in this state.', schemas.Operation.properties.state),
        ],
        responses: {
          200: { description: 'The page.', content: json('OperationPage') },
          400: problem('A parameter that cannot be read, or a page token that is not valid here.'),
          401: unauthorized,
          410: problem('The page token is too old: start again without it.'),
        },
      },
    },
    '/v1/operations/{id}': {
      get: {
        operationId: 'getOperation',
        summary: 'How an operation stands, now or at its end',
        parameters: [
          id,
          parameter('query', 'wait', 'Longest wait for its end, in seconds; more than 30 is cut down to 30.', {
            type: 'integer',
            minimum: 0,
          }),
        ],
        responses: {
          200: { description: 'The operation; after the wait still `accepted`, maybe.', content: json('Operation') },
          400: problem('A parameter that cannot be read.'),
          401: unauthorized,
          404: unknownOperation,
          ...tooMany,
        },
      },
    },
    '/v1/operations/{id}/events': {
      get: {
        operationId: 'followOperation',
        summary: 'The states of an operation, as server-sent events',
        description:
          'From the first on, or from the one after `Last-Event-ID`. Events are `state` (data: the operation), `reset` (the id ' +
          'is none of this operation) and `end` (the stream is over, data: why). A client that has them all is answered 204, ' +
          'and a browser stops asking.',
        parameters: [id, lastEventId],
        responses: {
          200: events,
          204: { description: 'The operation has ended, and the client has every event.' },
          400: noParameters,
          401: unauthorized,
          404: unknownOperation,
          ...tooMany,
        },
      },
    },
    '/v1/events/{type}': {
      get: {
        operationId: 'followEvents',
        summary: 'The events of a type, as server-sent events',
        description:
          'From now on, or from the one after `Last-Event-ID`. Events have the type as their name and an Event as data; `reset` ' +
          'says that some before it are not kept any more, `end` that the stream is over.',
        parameters: [parameter('path', 'type', 'The name of the event.', text), lastEventId],
        responses: {
          200: events,
          400: noParameters,
          401: unauthorized,
          404: problem('There is no such event.'),
          ...tooMany,
        },
      },
    },
    '/v1/stream': {
      get: {
        operationId: 'openStream',
        summary: 'Events and operations over a WebSocket',
        description:
          'The client sends `{"type":"subscribe","id":"a","event":"…"}`, or with `operation` an id or `*` for all, and ' +
          '`lastEventId` to go on; `{"type":"unsubscribe","id":"a"}` ends it. The server sends `subscribed`, `event` (with ' +
          '`event`, `eventId`, `data`), `end`, `unsubscribed` and `error` (with a `problem`).',
        responses: {
          101: { description: 'The WebSocket.' },
          400: noParameters,
          401: unauthorized,
          403: problem('The page of another site asks.'),
          426: problem('The client did not ask for a WebSocket.'),
          ...tooMany,
        },
      },
    },
    ...apiParts.paths,
  },
  components: {
    schemas,
  },
} as const;

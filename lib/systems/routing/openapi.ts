import { apiParts } from '../../adapters/http/apiParts.ts';
import { schemas } from './openapiSchemas.ts';

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;

const { json, pageParameters, problem } = apiParts;
const found = (description: string, schema: string) => ({ description, content: json(schema) });

const inPath = (name: string) => ({ name, in: 'path', required: true, schema: text });
const inQuery = (name: string, description: string, schema: object) => ({ name, in: 'query', description, schema });
const lastEventId = 'Goes on after the event with this id.';

const admin = {
  401: problem('The admin token is needed.'),
  403: problem('This is served on the loopback address only, unless an admin token is configured.'),
};
const change = { ...admin, 404: problem('There is no such receiver, or no such route.') };
const body = {
  400: problem('A body that is not JSON, too deep, or not what is asked for.'),
  413: problem('The body is too large.'),
  415: problem('The body is not sent as JSON.'),
};
const badPlace = { 400: problem('A parameter that cannot be read, or a page token that is not valid here.') };

const hook = {
  post: {
    operationId: 'sendEvent',
    summary: 'Hands an event to the receiver that is configured for this path',
    parameters: [
      inPath('path'),
      {
        name: 'Idempotency-Key',
        in: 'header',
        description: 'The id of the event: the same for every try.',
        schema: text,
      },
    ],
    requestBody: { required: true, content: { 'application/json': { schema: {} } } },
    responses: {
      202: found('The event is taken, or settled by every route: as the receiver is configured.', 'Accepted'),
      ...body,
      401: problem('The token of the receiver is needed.'),
      403: problem('This tenant may not send events here.'),
      404: problem('There is no webhook at this path.'),
      429: problem('The tenant sends too many events: Retry-After says when to come again.'),
      502: problem('Not every route has delivered the event.'),
      503: problem('There is no room for the event, or the server is stopping: send it again later.'),
      504: problem('The event was not taken, or not settled, in time.'),
    },
  },
};

/** The description of the API of what is routed. */
export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'rxfan routing',
    version: '1.0.0',
    description: 'Events come in by receivers, and go out by routes: each with a bounded lane of its own.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  paths: {
    '/hooks/{path}': hook,
    '/v1/receivers': {
      get: {
        operationId: 'listReceivers',
        summary: 'Receivers and their routes, with what waits, what runs, and how events ended',
        parameters: pageParameters,
        responses: { 200: found('The page.', 'ReceiverPage'), ...badPlace, ...admin },
      },
    },
    '/v1/receivers/metrics': {
      get: {
        operationId: 'routingMetrics',
        summary: 'The figures of all receivers and routes at this moment',
        responses: { 200: found('The figures.', 'Metrics'), ...admin },
      },
    },
    '/v1/receivers/{receiver}/routes': {
      post: {
        operationId: 'addRoute',
        summary: 'Attaches a route, for the events that come from now on',
        parameters: [inPath('receiver')],
        requestBody: { required: true, content: json('RouteDescription') },
        responses: {
          201: found('It is attached.', 'AddedRoute'),
          ...change,
          ...body,
          409: problem('There is such a route, or there are too many.'),
          503: problem('The server is stopping.'),
        },
      },
    },
    '/v1/receivers/{receiver}/routes/{route}': {
      delete: {
        operationId: 'removeRoute',
        summary: 'Sends nothing more to a route, lets it settle what it holds, and removes it',
        parameters: [
          inPath('receiver'),
          inPath('route'),
          inQuery(
            'deadlineMs',
            'How long it may take, at most 25000; then what is left is discarded. Default: 10000.',
            count,
          ),
        ],
        responses: { 200: found('It is removed. Here is its account.', 'RemovedRoute'), 400: badPlace[400], ...change },
      },
    },
    '/v1/receivers/{receiver}/routes/{route}/redrive': {
      post: {
        operationId: 'redriveRoute',
        summary: 'Puts what a route has parked in line again',
        parameters: [inPath('receiver'), inPath('route')],
        requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
        responses: { 200: found('How many events.', 'Redriven'), ...change, ...body },
      },
    },
    '/v1/alerts': {
      get: {
        operationId: 'listAlerts',
        summary: 'Routes that are congested now',
        parameters: pageParameters,
        responses: { 200: found('The page.', 'AlertPage'), ...badPlace, ...admin },
      },
    },
    '/v1/alerts/events': {
      get: {
        operationId: 'alertEvents',
        summary: 'Alerts as they are raised and cleared; `reset` where the place is lost, `end` at the end',
        parameters: [
          { name: 'Last-Event-ID', in: 'header', description: lastEventId, schema: text },
          inQuery('lastEventId', `${lastEventId} For clients that cannot send the header.`, text),
        ],
        responses: {
          200: { description: 'The stream.', content: { 'text/event-stream': { schema: text } } },
          ...admin,
        },
      },
    },
    ...apiParts.paths,
  },
  components: { schemas },
} as const;

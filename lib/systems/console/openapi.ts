import { apiParts } from '../../adapters/http/apiParts.ts';
import { schemas } from './openapiSchemas.ts';

const text = { type: 'string' } as const;
const { json, pageParameters, problem } = apiParts;
const found = (description: string, schema: string) => ({ description, content: json(schema) });
const inQuery = (name: string, description: string, schema: object) => ({ name, in: 'query', description, schema });

const admin = {
  401: problem('The admin token is needed.'),
  403: problem('This is served on the loopback address only, unless an admin token is configured.'),
};
const badQuery = { 400: problem('A parameter that is not known, or cannot be read.') };
const body = {
  400: problem('A body that is not JSON, too deep, or not what is asked for.'),
  413: problem('The body is too large.'),
  415: problem('The body is not sent as JSON.'),
};
const noDemo = { 404: problem('This server runs no demo.') };
const id = { type: 'integer', minimum: 0 } as const;

/** The description of the API of the console. */
export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'rxfan console',
    version: '1.0.0',
    description: 'What the program is doing: live, at one moment, and in a sentence.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  paths: {
    '/v1/console/parts': {
      get: {
        operationId: 'consoleParts',
        summary: 'Which parts this server has',
        responses: { 200: found('The parts.', 'ConsoleParts'), ...badQuery, ...admin },
      },
    },
    '/v1/console/live': {
      get: {
        operationId: 'live',
        summary:
          'The program as it changes: events `graph` (LiveView) and `delta` (LiveDelta), at most five a second, each of 64 KiB at most',
        parameters: [
          inQuery('kind', 'Only nodes of these kinds.', { type: 'array', items: text }),
          inQuery('within', 'Only this node, and whatever belongs to it.', id),
          inQuery('name', 'Only nodes whose name has this in it, whatever the case.', { ...text, maxLength: 256 }),
          inQuery('limit', 'Most nodes to list: those that need a look most. Default: 100.', {
            ...{ type: 'integer', minimum: 1, maximum: 200 },
          }),
        ],
        responses: {
          200: { description: 'The stream.', content: { 'text/event-stream': { schema: text } } },
          ...badQuery,
          401: admin[401],
          403: problem('As for all of the console; and for pages of other sites.'),
          503: problem('Too many clients look: Retry-After says when to come again.'),
        },
      },
    },
    '/v1/console/snapshot': {
      get: {
        operationId: 'snapshot',
        summary: 'Everything at this moment',
        parameters: [
          inQuery('format', 'Data, or a picture in a language of pictures. Default: json.', {
            enum: ['json', 'mermaid', 'dot'],
          }),
        ],
        responses: {
          200: {
            description: 'The graph.',
            content: {
              ...json('InspectionGraph'),
              'text/plain; charset=utf-8': { schema: text },
              'text/vnd.graphviz; charset=utf-8': { schema: text },
            },
          },
          ...badQuery,
          ...admin,
        },
      },
    },
    '/v1/console/explanation': {
      get: {
        operationId: 'explanation',
        summary: 'What a node waits for, what that waits for, and so on, in one sentence',
        parameters: [{ ...inQuery('node', 'Its id.', id), required: true }],
        responses: {
          200: found('The explanation.', 'Explanation'),
          ...badQuery,
          ...admin,
          404: problem('There is no such node.'),
        },
      },
    },
    '/v1/demo': {
      get: {
        operationId: 'demo',
        summary: 'How the knobs of the demo stand',
        responses: { 200: found('The demo.', 'Demo'), ...badQuery, ...admin, ...noDemo },
      },
      patch: {
        operationId: 'changeDemo',
        summary: 'Turns knobs of the demo; what is absent stays as it is',
        requestBody: { required: true, content: json('DemoPatch') },
        responses: { 200: found('The demo as it is now.', 'Demo'), ...body, ...admin, ...noDemo },
      },
    },
    '/v1/demo/reset': {
      post: {
        operationId: 'resetDemo',
        summary: 'Puts all knobs of the demo as they were at first',
        requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
        responses: { 200: found('The demo as it is now.', 'Demo'), ...body, ...admin, ...noDemo },
      },
    },
    '/v1/deadletters': {
      get: {
        operationId: 'listDeadLetters',
        summary: 'Queues that this process reads and routes which have dead letters, with how many',
        parameters: pageParameters,
        responses: {
          200: found('The page.', 'DeadLetterPage'),
          400: problem('A parameter that cannot be read, or a page token that is not valid here.'),
          ...admin,
          503: problem('The transport does not answer.'),
        },
      },
    },
    '/v1/deadletters/redrive': {
      post: {
        operationId: 'redriveDeadLetters',
        summary: 'Puts dead letters back into their queue, or in line at their route, the oldest first',
        requestBody: { required: true, content: json('DeadLetterRedrive') },
        responses: {
          200: found('How many.', 'DeadLettersRedriven'),
          ...body,
          ...admin,
          404: problem('There is no such queue, or no such route.'),
          503: problem('The transport does not answer.'),
        },
      },
    },
    ...apiParts.paths,
  },
  components: { schemas },
} as const;

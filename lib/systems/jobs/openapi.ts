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
const token = parameter('path', 'token', 'The `id` of the job.', text);

const { json, pageParameters, problem } = apiParts;
const unauthorized = problem('Credentials are needed.');
const unknownJob = problem('There is no such job: it never was, or it ended too long ago.');
const badPage = problem('A parameter that cannot be read, or a page token that is not valid here.');
const oldPage = problem('The page token is too old: start again without it.');

/** The description of the API of jobs. */
export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'rxfan jobs',
    version: '1.0.0',
    description: 'Pieces of work that are started by their kind, and looked at, followed and cancelled by their token.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  paths: {
    '/v1/jobs': {
      get: {
        operationId: 'listJobs',
        summary: 'One page of jobs, the newest first',
        parameters: [
          ...pageParameters,
          parameter('query', 'kind', 'Only jobs of this kind.', text),
          parameter('query', 'state', 'Only jobs in this state.', schemas.Job.properties.state),
        ],
        responses: {
          200: { description: 'The page.', content: json('JobPage') },
          400: badPage,
          401: unauthorized,
          410: oldPage,
        },
      },
    },
    '/v1/jobs/kinds': {
      get: {
        operationId: 'listJobKinds',
        summary: 'One page of the kinds of jobs there are, by name',
        parameters: pageParameters,
        responses: {
          200: { description: 'The page.', content: json('JobKindPage') },
          400: badPage,
          401: unauthorized,
          410: oldPage,
        },
      },
    },
    '/v1/jobs/{kindOrToken}': {
      post: {
        operationId: 'startJob',
        summary: 'Starts a job',
        parameters: [
          parameter('path', 'kindOrToken', 'The name of a kind, see `GET /v1/jobs/kinds`.', text),
          parameter('header', 'Idempotency-Key', 'Names the request: sent again, it means the same job.', {
            ...text,
            pattern: '^[!-~]{1,255}$',
          }),
        ],
        requestBody: {
          required: true,
          description: 'The input of the job, which the kind checks.',
          content: { 'application/json': { schema: {} } },
        },
        responses: {
          202: {
            description: 'The job, which is stored. `Location` is where it can be looked at.',
            headers: { Location: { schema: text } },
            content: json('Job'),
          },
          400: problem('A body that is not JSON, an input that does not fit, or a key that cannot be read.'),
          401: unauthorized,
          404: problem('There is no such kind.'),
          409: problem('The key belongs to a job of another kind or with another input.'),
          413: problem('The body is too long.'),
          415: problem('The body is not declared to be JSON in UTF-8.'),
          503: problem('As many jobs wait as may, the job could not be stored, or the server is stopping. Try again.'),
        },
      },
      get: {
        operationId: 'getJob',
        summary: 'How a job stands',
        parameters: [{ ...token, name: 'kindOrToken' }],
        responses: {
          200: { description: 'The job.', content: json('Job') },
          400: problem('There are no parameters.'),
          401: unauthorized,
          404: unknownJob,
        },
      },
      delete: {
        operationId: 'cancelJob',
        summary: 'Cancels a job that has not ended; one that was cancelled stays so',
        parameters: [{ ...token, name: 'kindOrToken' }],
        responses: {
          200: { description: 'The job, which is cancelled.', content: json('Job') },
          400: problem('There are no parameters.'),
          401: unauthorized,
          404: unknownJob,
          409: problem('The job has come to another end.'),
        },
      },
    },
    '/v1/jobs/{token}/events': {
      get: {
        operationId: 'followJob',
        summary: 'The messages of a job and its end, as server-sent events',
        description:
          'From the first message on, or from the one after `Last-Event-ID`. Events are `state` (data: the job), `message` ' +
          '(data: what it tells, JSON), `reset` (messages before this one are not kept any more) and `end` (the stream is ' +
          'over, data: why). A job that cannot say more to a client answers 204, and a browser stops asking.',
        parameters: [token, parameter('header', 'Last-Event-ID', 'The id of the last event that came.', text)],
        responses: {
          200: { description: 'The events.', content: { 'text/event-stream': { schema: text } } },
          204: { description: 'The job has ended, and the client has every event.' },
          400: problem('There are no parameters.'),
          401: unauthorized,
          404: unknownJob,
          503: problem('As many clients follow jobs as may. Try again.'),
        },
      },
    },
    ...apiParts.paths,
  },
  components: {
    schemas,
  },
} as const;

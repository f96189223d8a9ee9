import { apiParts } from '../../adapters/http/apiParts.ts';
import { schemas } from './openapiSchemas.ts';

const { json, pageParameters, problem } = apiParts;
const body = (schema: string) => ({
  ...json(schema),
  'application/x-www-form-urlencoded': { schema: apiParts.ref(schema) },
});

const unauthorized = problem('Credentials are needed.');
const closed = problem('Registrations are not open on this address, or a page of another site asks.');
const tooMany = problem('Too many wrong credentials came from this address.');
const unavailable = problem('The registrations are not read yet, or the observer is closed. Try again.');
const tooLarge = problem('The body is too long.');
const wrongType = problem('The body is neither JSON nor a form, in UTF-8 and not compressed.');
const notSaved = (schema: string) => ({
  description: 'The same, and it is not saved yet, which `persistence` says too.',
  content: json(schema),
});

/** The description of the API of an observer. */
export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'rxfan observer',
    version: '1.0.0',
    description: 'Registrations of those who are told when there are messages on a queue.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  security: [{}, { bearer: [] }],
  paths: {
    '/register': {
      post: {
        operationId: 'register',
        summary: 'Registers, or replaces the registration of the same id',
        description: 'A registration that is made again clears its failures and its quarantine.',
        requestBody: { required: true, content: body('RegistrationRequest') },
        responses: {
          200: { description: 'The registration, which was there before.', content: json('Registered') },
          201: { description: 'The registration, which is new.', content: json('Registered') },
          202: notSaved('Registered'),
          400: problem('A body that cannot be read, a field that is not right, or a target that may not be told.'),
          401: unauthorized,
          403: closed,
          409: problem('The id is taken by somebody else.'),
          413: tooLarge,
          415: wrongType,
          429: problem('As many registrations as may be, or too many wrong credentials from this address.'),
          503: unavailable,
        },
      },
      delete: {
        operationId: 'unregister',
        summary: 'Removes registrations: by their id, or by queue manager, queue and target',
        description: 'The fields stand in the query, in a form or in JSON.',
        requestBody: { required: false, content: body('RegistrationKey') },
        responses: {
          200: { description: 'What was removed.', content: json('Unregistered') },
          202: notSaved('Unregistered'),
          400: problem('Fields that name no registration.'),
          401: unauthorized,
          403: closed,
          404: problem('There is no such registration, or it is somebody else’s.'),
          413: tooLarge,
          415: wrongType,
          429: tooMany,
          503: unavailable,
        },
      },
      get: {
        operationId: 'listRegistrations',
        summary: 'One page of your registrations, by id',
        parameters: pageParameters,
        responses: {
          200: { description: 'The page.', content: json('RegistrationPage') },
          400: problem('A parameter that cannot be read, or a page token that is not valid here.'),
          401: unauthorized,
          403: closed,
          410: problem('The page token is too old: start again without it.'),
          429: tooMany,
        },
      },
    },
    '/notify': {
      post: {
        operationId: 'receiveNotification',
        summary: 'Takes any notification, for an observer that is to tell itself',
        requestBody: { required: false, content: { '*/*': { schema: {} } } },
        responses: { 200: { description: 'It came.', content: json('Received') }, 413: tooLarge },
      },
    },
    '/admin/flush': {
      delete: {
        operationId: 'flushRegistrations',
        summary: 'Removes the registrations of everybody',
        responses: {
          200: { description: 'How many there were.', content: json('Flushed') },
          202: notSaved('Flushed'),
          400: problem('There are no parameters.'),
          401: unauthorized,
          404: problem('There is no token of the admin, and so this is off.'),
          429: tooMany,
          503: unavailable,
        },
      },
    },
    '/metrics': {
      get: {
        operationId: 'observerMetrics',
        summary: 'The figures, in Prometheus’ text format',
        responses: {
          200: { description: 'The figures.', content: { 'text/plain': { schema: { type: 'string' } } } },
          401: unauthorized,
          404: problem('There is no token of the metrics or the admin, and so this is off.'),
          429: tooMany,
        },
      },
    },
    ...apiParts.paths,
  },
  components: {
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or a token of the admin.' },
    },
    schemas,
  },
} as const;

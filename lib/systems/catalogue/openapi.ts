import { apiParts } from '../../adapters/http/apiParts.ts';

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const time = { type: 'string', format: 'date-time' } as const;

const parameter = (name: string, description: string, schema: object) => ({ name, in: 'query', description, schema });

const { json, pageParameters, problem } = apiParts;
const { Status, Problem } = apiParts.schemas;

/** The description of the catalogue's API. */
export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'rxfan catalogue',
    version: '1.0.0',
    description: 'The packages of many sources as one list, in code point order of name, version and source.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  paths: {
    '/v1/packages': {
      get: {
        operationId: 'listPackages',
        summary: 'One page of packages',
        parameters: [
          ...pageParameters,
          parameter('query', 'A part of the name or of the description, in any case.', { ...text, maxLength: 256 }),
          {
            ...parameter('source', 'Looks in this source only; may be repeated. Absent: in all.', {
              type: 'array',
              items: text,
            }),
            style: 'form',
            explode: true,
          },
        ],
        responses: {
          200: { description: 'The page.', content: json('PackagePage') },
          400: problem('A parameter that cannot be read, an unknown source, or a page token that is not valid here.'),
          401: problem('Credentials are needed.'),
          410: problem('The page token is too old, or the sources have changed: start again without it.'),
          502: problem('A source failed, and the catalogue is set up to fail with it.'),
          504: problem('A source did not answer in time, and the catalogue is set up to fail with it.'),
        },
      },
    },
    '/v1/sources': {
      get: {
        operationId: 'listSources',
        summary: 'How the sources are doing, as far as their last call tells',
        parameters: pageParameters,
        responses: {
          200: { description: 'The page.', content: json('SourcePage') },
          400: problem('A parameter that cannot be read, or a page token that is not valid here.'),
          401: problem('Credentials are needed.'),
          410: problem('The page token is too old, or the sources have changed: start again without it.'),
        },
      },
    },
    ...apiParts.paths,
  },
  components: {
    schemas: {
      PackagePage: {
        type: 'object',
        required: ['items', 'nextPageToken'],
        additionalProperties: false,
        properties: {
          items: { type: 'array', items: { $ref: '#/components/schemas/Package' } },
          nextPageToken: {
            ...text,
            description: 'Asks for the page after this one. Empty if and only if every source is exhausted.',
          },
          unreachable: {
            type: 'array',
            minItems: 1,
            items: { $ref: '#/components/schemas/Unreachable' },
            description: 'Sources whose items are missing from this page. A later page takes them in, in order.',
          },
          drift: { $ref: '#/components/schemas/Drift' },
        },
      },
      Package: {
        type: 'object',
        required: ['name', 'version', 'source'],
        additionalProperties: false,
        properties: { name: text, version: text, source: text, description: text },
      },
      Unreachable: {
        type: 'object',
        required: ['source', 'code', 'reason'],
        additionalProperties: false,
        properties: { source: text, code: { ...text, description: 'Stable.' }, reason: text },
      },
      Drift: {
        type: 'object',
        description: 'What changed under the walk since the page before.',
        required: ['suppressed', 'late', 'possibleGap', 'sources'],
        additionalProperties: false,
        properties: {
          suppressed: { ...count, description: 'Items that were seen again and held back.' },
          late: { ...count, description: 'Items that belong before what was delivered already.' },
          possibleGap: { type: 'boolean', description: 'Items may have slipped past between two pages.' },
          sources: { type: 'array', items: text },
        },
      },
      SourcePage: {
        type: 'object',
        required: ['sources', 'nextPageToken'],
        additionalProperties: false,
        properties: {
          sources: { type: 'array', items: { $ref: '#/components/schemas/Source' } },
          nextPageToken: text,
        },
      },
      Source: {
        type: 'object',
        required: ['name', 'type', 'state'],
        additionalProperties: false,
        properties: {
          name: text,
          type: text,
          state: { enum: ['unknown', 'reachable', 'unreachable'] },
          lastAnswerTime: time,
          lastError: {
            type: 'object',
            required: ['code', 'reason', 'time'],
            additionalProperties: false,
            properties: { code: text, reason: text, time },
          },
        },
      },
      Status,
      Problem: {
        ...Problem,
        properties: { ...Problem.properties, source: { ...text, description: 'The source that failed.' } },
      },
    },
  },
} as const;

import { apiParts } from '../../adapters/http/apiParts.ts';

const text = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;

const { ref } = apiParts;

/** What requests and answers of the API of commands and events look like. */
export const schemas = {
  Operation: {
    type: 'object',
    required: ['id', 'command', 'state', 'createTime'],
    additionalProperties: false,
    properties: {
      id: { ...text, description: 'Hard to guess, and of one tenant.' },
      command: text,
      state: { enum: ['accepted', 'succeeded', 'failed', 'expired'] },
      createTime: time,
      endTime: time,
      error: {
        type: 'object',
        description: 'Why it did not succeed.',
        required: ['code', 'message'],
        additionalProperties: false,
        properties: { code: { ...text, description: 'Stable.' }, message: text },
      },
    },
  },
  Commands: {
    type: 'object',
    required: ['commands'],
    additionalProperties: false,
    properties: {
      commands: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'data'],
          additionalProperties: false,
          properties: { name: text, data: { ...text, description: 'What its codec calls the data that it takes.' } },
        },
      },
    },
  },
  OperationPage: {
    type: 'object',
    required: ['items', 'nextPageToken'],
    additionalProperties: false,
    properties: { items: { type: 'array', items: ref('Operation') }, nextPageToken: text },
  },
  Event: {
    type: 'object',
    required: ['id', 'type', 'source', 'time', 'operation', 'data'],
    additionalProperties: false,
    properties: {
      id: text,
      type: text,
      source: { ...text, description: 'The service that tells it.' },
      time,
      operation: { ...text, description: 'The id of the operation that it follows from, or an id of its own.' },
      data: { description: 'JSON.' },
    },
  },
  ...apiParts.schemas,
} as const;

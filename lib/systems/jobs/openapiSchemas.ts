import { apiParts } from '../../adapters/http/apiParts.ts';

const text = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const state = { enum: ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'timedOut', 'rejected'] } as const;

const { ref } = apiParts;

/** What requests and answers of the API of jobs look like. */
export const schemas = {
  Job: {
    type: 'object',
    required: ['id', 'kind', 'state', 'createTime'],
    additionalProperties: false,
    properties: {
      id: { ...text, description: 'The token of the job: hard to guess, and all that is needed to cancel it.' },
      kind: text,
      state: { ...state, description: '`rejected`: it was accepted, and never ran.' },
      createTime: time,
      startTime: time,
      endTime: time,
      lastMessage: { description: 'What it told last, until it has succeeded. JSON.' },
      result: { description: 'What it told last, once it has succeeded. JSON.' },
      error: {
        type: 'object',
        description: 'Why it did not succeed.',
        required: ['code', 'message'],
        additionalProperties: false,
        properties: { code: { ...text, description: 'Stable.' }, message: text },
      },
    },
  },
  JobPage: {
    type: 'object',
    required: ['items', 'nextPageToken'],
    additionalProperties: false,
    properties: { items: { type: 'array', items: ref('Job') }, nextPageToken: text },
  },
  JobKind: {
    type: 'object',
    required: ['name', 'input'],
    additionalProperties: false,
    properties: { name: text, description: text, input: { ...text, description: 'What the input must be.' } },
  },
  JobKindPage: {
    type: 'object',
    required: ['items', 'nextPageToken'],
    additionalProperties: false,
    properties: { items: { type: 'array', items: ref('JobKind') }, nextPageToken: text },
  },
  ...apiParts.schemas,
} as const;

import { apiParts } from '../../adapters/http/apiParts.ts';

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const time = { ...text, format: 'date-time' } as const;

const { ref } = apiParts;
const persistence = {
  enum: ['saved', 'pending', 'memory'],
  description:
    '`saved`: a crash cannot undo it. `pending`: it is saved as soon as the store takes it. `memory`: nothing is kept ' +
    'beyond the process.',
} as const;
const registration = {
  id: text,
  qmgr: { ...text, description: 'The queue manager.' },
  queue: text,
  notify: { ...text, description: 'Who is told: a URL, or the name of a Code Engine job.' },
  failcount: { ...count, description: 'Failures since the last success.' },
  backoff: { description: 'When it is told again, while it is left alone (date-time); null otherwise.' },
  last_updated: time,
  state: { enum: ['active', 'quarantined'] },
  minDepth: { ...count, description: 'Told only at this many messages or more.' },
  minGapMs: { ...count, description: 'Told at most once in this time, in ms.' },
} as const;
const required = Object.keys(registration);

export const schemas = {
  RegistrationRequest: {
    type: 'object',
    description: 'Names are read in any case, with or without `_`.',
    required: ['qmgr', 'queue', 'notify'],
    additionalProperties: false,
    properties: {
      id: { ...text, description: 'Absent: that of the registration with the same three, or else a new one.' },
      qmgr: text,
      queue: text,
      notify: text,
      minDepth: { type: 'integer', minimum: 1 },
      minGapMs: count,
    },
  },
  RegistrationKey: {
    type: 'object',
    description: 'Either `id` alone, or the other three.',
    additionalProperties: false,
    properties: { id: text, qmgr: text, queue: text, notify: text },
  },
  Registration: { type: 'object', required, additionalProperties: false, properties: registration },
  Registered: {
    type: 'object',
    required: [...required, 'persistence'],
    additionalProperties: false,
    properties: { ...registration, persistence },
  },
  Unregistered: {
    type: 'object',
    required: ['removed', 'persistence'],
    additionalProperties: false,
    properties: { removed: { type: 'array', items: ref('Registration') }, persistence },
  },
  Flushed: {
    type: 'object',
    required: ['message', 'count', 'persistence'],
    additionalProperties: false,
    properties: { message: text, count, persistence },
  },
  RegistrationPage: {
    type: 'object',
    required: ['items', 'nextPageToken'],
    additionalProperties: false,
    properties: { items: { type: 'array', items: ref('Registration') }, nextPageToken: text },
  },
  Received: {
    type: 'object',
    required: ['message'],
    additionalProperties: false,
    properties: { message: { const: 'Received' } },
  },
  ...apiParts.schemas,
} as const;

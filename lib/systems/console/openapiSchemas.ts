import { apiParts } from '../../adapters/http/apiParts.ts';

const { ref } = apiParts;
const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const flag = { type: 'boolean' } as const;
const numbers = { type: 'object', additionalProperties: { type: 'number' } } as const;
const list = (items: object) => ({ type: 'array', items });
const object = (properties: object, optional: readonly string[] = []) => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
  properties,
});

const node = {
  id: count,
  kind: text,
  name: text,
  within: { ...count, description: 'Whom it belongs to, listed or not.' },
  figures: { ...numbers, description: 'How it stands: `waiting`, `capacity`, `alertSince` while an alert is raised …' },
  counts: { ...numbers, description: 'What only grows.' },
  waits: list(ref('Wait')),
};
const view = {
  time: { ...count, description: 'In ms since 1970.' },
  process: ref('Process'),
  totals: { ...numbers, description: 'Nodes by kind, whatever was asked for.' },
  alerts: { ...count, description: 'Raised now, whatever was asked for.' },
  omitted: { ...count, description: 'Nodes that were asked for and are not listed.' },
  nodes: list(ref('LiveNode')),
};
const sourceKnobs = { running: flag, perSecond: { type: 'number', minimum: 0, maximum: 1_000 } };
const subscriberKnobs = {
  delayMs: { type: 'number', minimum: 0, maximum: 60_000 },
  throws: flag,
  paused: flag,
};
const patchOf = (properties: object) => ({
  type: 'object',
  additionalProperties: { type: 'object', additionalProperties: false, properties },
});

/** What requests and answers of the API of the console look like. */
export const schemas = {
  ConsoleParts: object({
    parts: list({
      enum: ['catalogue', 'inspection', 'routing', 'jobs', 'events', 'observer', 'deadLetters'],
    }),
    demo: flag,
  }),
  LiveView: { ...object(view), description: 'The data of an event `graph`. Whoever belongs to a node comes after it.' },
  LiveDelta: {
    ...object({ ...view, gone: list(count) }, ['process', 'totals', 'alerts', 'omitted']),
    description: 'The data of an event `delta`: what is absent is as it was; a node is whole.',
  },
  LiveNode: object({ ...node, rates: { ...numbers, description: 'Per second, over about the last one.' } }, ['within']),
  Wait: {
    ...object({ subject: text, how: text, on: count, called: text }, ['subject', 'on', 'called']),
    description: 'Why it does not go on, as the end of a sentence about it.',
  },
  Process: object({
    uptimeMs: count,
    lagP99Ms: { type: 'number', description: 'How late the event loop is, over about the last second.' },
    lagMaxMs: { type: 'number' },
    heapUsedBytes: count,
    heapTotalBytes: count,
    residentBytes: count,
    cpu: { type: 'number', description: 'Cores that it keeps busy.' },
  }),
  InspectionGraph: object({
    time: count,
    omitted: count,
    nodes: list(object({ ...node, needs: { enum: ['all', 'any'] } }, ['within'])),
  }),
  Explanation: object({
    sentence: text,
    chain: list(object({ id: count, kind: text, name: text })),
    deadlock: { ...list(count), description: 'Those that wait for each other.' },
  }),
  Demo: object({
    topic: text,
    sources: list(object({ name: text, ...sourceKnobs })),
    subscribers: list(
      object({ id: text, name: text, ...subscriberKnobs, concurrency: count, bufferSize: count, overflow: text }),
    ),
  }),
  DemoPatch: {
    type: 'object',
    additionalProperties: false,
    properties: { sources: patchOf(sourceKnobs), subscribers: patchOf(subscriberKnobs) },
  },
  DeadLetterPage: object({
    deadLetters: list(
      object(
        {
          kind: { enum: ['queue', 'route'] },
          name: { ...text, description: 'Of the queue, or `receiver/route`.' },
          count,
          lastReason: text,
          lastTime: { type: 'string', format: 'date-time' },
        },
        ['lastReason', 'lastTime'],
      ),
    ),
    nextPageToken: text,
  }),
  DeadLetterRedrive: object(
    {
      kind: { enum: ['queue', 'route'] },
      name: { ...text, maxLength: 512 },
      max: { ...count, minimum: 1, description: 'Of a queue: most letters to put back. Absent: all that are there.' },
    },
    ['max'],
  ),
  DeadLettersRedriven: object({ redriven: count }),
  ...apiParts.schemas,
} as const;

import { apiParts } from '../../adapters/http/apiParts.ts';

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const time = { type: 'string', format: 'date-time' } as const;

const { ref } = apiParts;
const list = (schema: string) => ({ type: 'array', items: ref(schema) });
const object = (properties: object, optional: readonly string[] = []) => ({
  type: 'object',
  required: Object.keys(properties).filter((key) => !optional.includes(key)),
  additionalProperties: false,
  properties,
});
/** Figures of events and routes: counters grow. */
const outcomes = object({
  offered: count,
  succeeded: count,
  failed: count,
  coalesced: count,
  dropped: count,
  parked: count,
  refused: count,
  discarded: count,
  blocked: count,
});
const lane = {
  depth: count,
  bufferSize: count,
  inFlight: count,
  concurrency: count,
  oldestAgeMs: count,
  retried: count,
};
const events = {
  received: count,
  retried: count,
  acked: count,
  nacked: count,
  pending: count,
  joined: count,
  delayed: count,
};

/** What the API of what is routed takes and answers. */
export const schemas = {
  Accepted: object({ id: { ...text, description: 'Of the event: the same when it is sent again.' } }),
  ReceiverPage: object({ receivers: list('Receiver'), nextPageToken: text }),
  Receiver: object(
    {
      id: text,
      state: { enum: ['open', 'closed'] },
      tenant: text,
      name: text,
      source: {
        type: 'object',
        required: ['type'],
        properties: { type: { enum: ['webhook', 'topic', 'interval', 'file'] } },
      },
      holders: { ...count, description: 'How many entries of the configuration share it.' },
      createTime: time,
      events: object(events),
      routes: list('Route'),
      lastError: ref('LastError'),
    },
    ['lastError'],
  ),
  Route: object(
    {
      name: text,
      filters: { type: 'array', items: text },
      sender: text,
      overflow: { enum: ['error', 'dropOldest', 'dropNewest', 'coalesce', 'block', 'park'] },
      ...lane,
      outcomes,
      alert: object({ state: { enum: ['raised', 'cleared'] }, since: time }, ['since']),
      lastError: ref('LastError'),
    },
    ['lastError'],
  ),
  LastError: object({ code: text, reason: text, time }),
  RouteDescription: {
    type: 'object',
    description:
      'A route as in the configuration file. `sender` is the name of one of its senders, or describes a topic or a log.',
    required: ['name', 'sender'],
    properties: { name: text, sender: {} },
  },
  AddedRoute: object({ name: text, receiver: text, state: { const: 'open' } }),
  RemovedRoute: object({
    name: text,
    receiver: text,
    state: { const: 'closed' },
    tenants: { type: 'object', description: 'The account of the route, by tenant.' },
  }),
  Redriven: object({ redriven: count }),
  Metrics: object({
    time,
    process: object({ uptimeMs: count, heapUsedBytes: count, residentBytes: count }),
    alertsRaised: count,
    receivers: { type: 'array', items: object({ tenant: text, receiver: text, ...events }) },
    routes: {
      type: 'array',
      items: object({
        tenant: text,
        receiver: text,
        route: text,
        ...lane,
        ...outcomes.properties,
        isAlerting: { type: 'boolean' },
      }),
    },
  }),
  AlertPage: object({
    alerts: list('Alert'),
    nextPageToken: text,
    lastEventId: { ...text, description: 'From here on /v1/alerts/events goes on where this list ends.' },
  }),
  Alert: object(
    {
      id: { ...text, description: 'Of the route: tenant/receiver/route.' },
      kind: { enum: ['raised', 'cleared'] },
      tenant: text,
      receiver: text,
      route: text,
      depth: count,
      bufferSize: count,
      oldestAgeMs: count,
      running: count,
      dropped: count,
      since: time,
      timeToFullMs: count,
    },
    ['timeToFullMs'],
  ),
  ...apiParts.schemas,
};

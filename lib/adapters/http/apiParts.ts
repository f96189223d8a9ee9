const text = { type: 'string' } as const;

const ref = (schema: string) => ({ $ref: `#/components/schemas/${schema}` });
const json = (schema: string) => ({ 'application/json': { schema: ref(schema) } });
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ref('Problem') } },
});

/** What the descriptions of all APIs have in common. */
export const apiParts = {
  /** Points to a schema of the description. */
  ref,
  /** The content of an answer, or of a request, that is this schema. */
  json,
  /** An answer that is a problem. */
  problem,
  /** The parameters of a list. */
  pageParameters: [
    {
      name: 'pageSize',
      in: 'query',
      description: 'Items per page. Absent or 0: the default of the server. More than its maximum is cut down to it.',
      schema: { type: 'integer', minimum: 0 },
    },
    {
      name: 'pageToken',
      in: 'query',
      description:
        'The `nextPageToken` of the page before; absent or empty asks for the first page. The other parameters must be ' +
        'those of the request it came from; only `pageSize` may change.',
      schema: { ...text, maxLength: 8_192 },
    },
  ],
  paths: {
    '/healthz': {
      get: {
        operationId: 'health',
        summary: 'Whether the process lives',
        responses: { 200: { description: 'It does.', content: json('Status') } },
      },
    },
    '/readyz': {
      get: {
        operationId: 'readiness',
        summary: 'Whether the server wants requests',
        responses: { 200: { description: 'It does.', content: json('Status') }, 503: problem('It does not.') },
      },
    },
  },
  schemas: {
    Status: {
      type: 'object',
      required: ['status'],
      additionalProperties: false,
      properties: { status: { enum: ['ok', 'ready'] } },
    },
    Problem: {
      type: 'object',
      description: 'RFC 9457.',
      required: ['type', 'title', 'status', 'code', 'detail'],
      additionalProperties: false,
      properties: {
        type: { const: 'about:blank' },
        title: text,
        status: { type: 'integer', minimum: 400, maximum: 599 },
        code: { ...text, pattern: '^[a-z0-9_]+$', description: 'Stable.' },
        detail: text,
      },
    },
  },
} as const;

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinedApis } from '../../../lib/systems/cli/joinedApis.ts';
import { openapi as catalogueApi } from '../../../lib/systems/catalogue/openapi.ts';
import { openapi as jobsApi } from '../../../lib/systems/jobs/openapi.ts';
import { startJobs, testKinds, type TestJobs } from '../../support/jobs.ts';
import { resolve, violations, type Schema } from '../../support/schema.ts';

let server: TestJobs;
let busy: TestJobs;
let document: Schema;
let running: string;
let ended: string;

beforeAll(async () => {
  server = await startJobs({ kinds: testKinds().kinds });
  busy = await startJobs({ kinds: testKinds().kinds, maxRunning: 1, maxWaiting: 0, maxFollowers: 0 });
  ({ body: document } = await server.get('/openapi.json'));
  running = await server.start('told');
  ended = await server.start('count', { to: 2 });
  await server.ended(ended);
  await server.ended(await server.start('refuse'));
});
afterAll(() =>
  Promise.all(
    [server, busy].map(async (each) => {
      await each.jobs.stop({ mode: 'abort', deadlineMs: 1_000 });
      await each.stop({ deadlineMs: 0 });
    }),
  ),
);

const METHODS = ['get', 'post', 'delete'];
const operationsOf = (api: Schema) =>
  Object.values(api['paths'] as Schema).flatMap((path) =>
    METHODS.flatMap((method) => (path[method] ? [path[method]] : [])),
  );

describe('/openapi.json of jobs', () => {
  it('is OpenAPI 3.1 whose references all lead somewhere', () => {
    expect(document['openapi']).toMatch(/^3\.1\./);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)];
    expect(references.map(([, reference]) => resolve(reference!, document)).length).toBeGreaterThan(10);
  });

  it('describes every operation with an id of its own, and every parameter of its path', () => {
    const ids = operationsOf(document).map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [path, item] of Object.entries(document['paths'] as Schema)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const method of METHODS.filter((candidate) => item[candidate])) {
        const described = (item[method].parameters ?? []).filter((parameter: Schema) => parameter['in'] === 'path');
        expect(
          described.map(({ name }: Schema) => name),
          `${method} ${path}`,
        ).toEqual(named);
      }
    }
  });

  it('describes the answers of a start, of a look and of a cancellation', async () => {
    const path = '/v1/jobs/{kindOrToken}';
    const key = { 'idempotency-key': 'k' };
    expectDescribed(path, 'post', await server.post('/v1/jobs/silent', {}, key), 202);
    expectDescribed(path, 'post', await server.post('/v1/jobs/silent', { a: 1 }, key), 409);
    expectDescribed(path, 'post', await server.post('/v1/jobs/none', {}), 404);
    expectDescribed(path, 'post', await server.post('/v1/jobs/count', {}), 400);
    expectDescribed(path, 'post', await server.post('/v1/jobs/echo', 'x'.repeat(70_000)), 413);
    expectDescribed(path, 'post', await server.post('/v1/jobs/echo', {}, { 'content-type': 'a/b' }), 415);
    await busy.start('told');
    expectDescribed(path, 'post', await busy.post('/v1/jobs/told', {}), 503);
    expectDescribed(path, 'get', await server.get(`/v1/jobs/${running}`), 200);
    expectDescribed(path, 'get', await server.get(`/v1/jobs/${ended}`), 200);
    expectDescribed(path, 'get', await server.get(`/v1/jobs/${ended}?a=b`), 400);
    expectDescribed(path, 'get', await server.get('/v1/jobs/none'), 404);
    expectDescribed(path, 'delete', await server.del(`/v1/jobs/${running}`), 200);
    expectDescribed(path, 'delete', await server.del(`/v1/jobs/${ended}`), 409);
    expectDescribed(path, 'delete', await server.del('/v1/jobs/none'), 404);
  });

  it('describes the answers of lists', async () => {
    expectDescribed('/v1/jobs', 'get', await server.get('/v1/jobs'), 200);
    expectDescribed('/v1/jobs', 'get', await server.get('/v1/jobs?state=x'), 400);
    expectDescribed('/v1/jobs/kinds', 'get', await server.get('/v1/jobs/kinds'), 200);
    expectDescribed('/v1/jobs/kinds', 'get', await server.get('/v1/jobs/kinds?pageSize=x'), 400);
    expectDescribed('/healthz', 'get', await server.get('/healthz'), 200);
    expectDescribed('/readyz', 'get', await server.get('/readyz'), 200);
  });

  it('describes the answers to those who follow', async () => {
    const path = '/v1/jobs/{token}/events';
    const { response, leave } = await server.follow(ended);
    expect(Object.keys(document['paths'][path].get.responses[200].content)).toEqual([
      response.headers.get('content-type'),
    ]);
    leave();
    expectDescribed(path, 'get', await server.get('/v1/jobs/none/events'), 404);
    const token = (await busy.get('/v1/jobs')).body.items[0].id;
    expectDescribed(path, 'get', await busy.get(`/v1/jobs/${token}/events`), 503);
  });

  it('would notice a member that is not described', async () => {
    const { body } = await server.get(`/v1/jobs/${ended}`);
    const schema = resolve('#/components/schemas/Job', document);

    expect(violations(schema, body, document)).toEqual([]);
    expect(violations(schema, { ...body, owner: 'me' }, document)).toEqual(['/owner is not described']);
  });
});

describe('the descriptions of what is served together', () => {
  it('are one, with every path and schema of each', () => {
    const joined = joinedApis([catalogueApi, jobsApi]) as Schema;

    for (const api of [catalogueApi, jobsApi]) {
      expect(Object.keys(joined['paths'])).toEqual(expect.arrayContaining(Object.keys(api.paths)));
      expect(Object.keys(joined['components'].schemas)).toEqual(
        expect.arrayContaining(Object.keys(api.components.schemas)),
      );
    }
    const ids = operationsOf(joined).map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(joined['components'].schemas.Problem).toBe(catalogueApi.components.schemas.Problem);
  });
});

function expectDescribed(
  path: string,
  method: string,
  answer: Awaited<ReturnType<TestJobs['get']>>,
  status: number,
): void {
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBe(status);
  const described = document['paths'][path][method].responses[status];
  expect(described, `${method} ${path} ${status} is not described`).toBeDefined();
  const [type, { schema }] = Object.entries(described.content as Record<string, Schema>)[0]!;
  expect(answer.headers.get('content-type')).toBe(type);
  expect(violations(schema as Schema, answer.body, document)).toEqual([]);
}

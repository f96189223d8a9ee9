import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinedApis } from '../../../lib/systems/cli/joinedApis.ts';
import { openapi as jobsApi } from '../../../lib/systems/jobs/openapi.ts';
import { openapi as eventingApi } from '../../../lib/systems/eventing/openapi.ts';
import { startEventing, type TestEventing } from '../../support/eventing.ts';
import { resolve, violations, type Schema } from '../../support/schema.ts';

let server: TestEventing;
let document: Schema;

beforeAll(async () => {
  server = await startEventing();
  ({ body: document } = await server.get('/openapi.json'));
});
afterAll(() => server.end());

const METHODS = ['get', 'post'];
const schema = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

describe('/openapi.json of events', () => {
  it('is OpenAPI 3.1 whose references all lead somewhere', () => {
    expect(document['openapi']).toMatch(/^3\.1\./);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)];
    expect(references.map(([, reference]) => resolve(reference!, document)).length).toBeGreaterThan(10);
  });

  it('describes every operation with an id of its own, and every parameter of its path', () => {
    const ids: string[] = [];
    for (const [path, item] of Object.entries(document['paths'] as Schema)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const method of METHODS.filter((candidate) => item[candidate])) {
        ids.push(item[method].operationId);
        const described = (item[method].parameters ?? []).filter((parameter: Schema) => parameter['in'] === 'path');
        expect(described.map(({ name }: Schema) => name)).toEqual(named);
      }
    }
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('describes what is answered', async () => {
    const accepted = await server.post('/v1/commands/test.echo', { text: 'a' });
    expect(violations(schema('Operation'), accepted.body, document)).toEqual([]);
    const failed = await server.post('/v1/commands/test.fail', { text: 'no' });
    for (const { body } of [accepted, failed]) {
      const ended = await server.get(`/v1/operations/${body.id}?wait=10`);
      expect(violations(schema('Operation'), ended.body, document)).toEqual([]);
    }
    expect(violations(schema('Commands'), (await server.get('/v1/commands')).body, document)).toEqual([]);
    expect(violations(schema('OperationPage'), (await server.get('/v1/operations')).body, document)).toEqual([]);
    const stream = await server.follow('/v1/events/test.echoed', '1');
    await server.publish('b');
    let event = await stream.next();
    while (event?.event === 'reset') event = await stream.next();
    stream.leave();
    expect(violations(schema('Event'), JSON.parse(event!.data), document)).toEqual([]);
    for (const path of ['/v1/operations/none', '/v1/operations?state=x', '/v1/events/none', '/v1/stream']) {
      const { status, body } = await server.get(path);
      expect(violations(schema('Problem'), body, document)).toEqual([]);
      const at =
        path === '/v1/operations/none' ? '/v1/operations/{id}' : path.replace('/none', '/{type}').split('?')[0]!;
      expect(Object.keys(document['paths'][at].get.responses)).toContain(String(status));
    }
  });

  it('joins with others without a clash of names', () => {
    const joined = joinedApis([jobsApi, eventingApi]) as Schema;
    const common = Object.keys(jobsApi.components.schemas).filter((name) => name in eventingApi.components.schemas);
    expect(common.sort()).toEqual(['Problem', 'Status']);
    expect(Object.keys(joined['paths'])).toContain('/v1/commands/{name}');
  });
});

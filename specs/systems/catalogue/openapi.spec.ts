import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { throwError } from 'rxjs';
import { UnreachableError } from '../../../lib/contracts/failure.ts';
import { manyOf, startCatalogue, type TestCatalogue } from '../../support/catalogue.ts';
import { resolve, violations, type Schema } from '../../support/schema.ts';

let catalogue: TestCatalogue;
let strict: TestCatalogue;
let document: Schema;

beforeAll(async () => {
  const gone = { name: 'gone', fetch: () => throwError(() => new UnreachableError('gone', 'it is gone')) };
  catalogue = await startCatalogue([manyOf('a', 30), gone]);
  strict = await startCatalogue([manyOf('a', 30), gone], { onSourceFailure: 'fail', ready: () => false });
  ({ body: document } = await catalogue.get('/openapi.json'));
});
afterAll(() => Promise.all([catalogue.stop({ deadlineMs: 0 }), strict.stop({ deadlineMs: 0 })]));

describe('/openapi.json', () => {
  it('is OpenAPI 3.1 whose references all lead somewhere', () => {
    expect(document['openapi']).toMatch(/^3\.1\./);
    const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g);
    const targets = [...references].map(([, reference]) => resolve(reference!, document));
    expect(targets.length).toBeGreaterThan(10);
  });

  it('describes every operation with an id of its own', () => {
    const ids = Object.values(document['paths'] as Schema).map(({ get }) => get.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    ['/v1/packages?pageSize=3', 200],
    ['/v1/packages?pageSize=x', 400],
    ['/v1/packages?pageToken=x', 400],
    ['/v1/packages?source=gone', 502],
    ['/v1/sources', 200],
    ['/v1/sources?pageSize=1', 200],
    ['/v1/sources?pageToken=x', 400],
    ['/healthz', 200],
    ['/readyz', 200],
  ])('describes the answer to %s', async (path, status) => {
    await expectDescribed(catalogue, path, status);
  });

  it.each([
    ['/v1/packages', 502],
    ['/readyz', 503],
  ])('describes the answer to %s of a server in trouble', async (path, status) => {
    await expectDescribed(strict, path, status);
  });

  it('would notice a member that is not described', async () => {
    const { body } = await catalogue.get('/v1/packages');
    const schema = resolve('#/components/schemas/PackagePage', document);

    expect(violations(schema, body, document)).toEqual([]);
    expect(violations(schema, { ...body, total: 3 }, document)).toEqual(['/total is not described']);
    expect(violations(schema, { ...body, items: [{ name: 1 }] }, document)).toHaveLength(3);
  });
});

async function expectDescribed(server: TestCatalogue, path: string, status: number): Promise<void> {
  const answer = await server.get(path);
  expect(answer.status).toBe(status);

  const described = document['paths'][path.split('?')[0]!].get.responses[status];
  expect(described, `${path} ${status} is not described`).toBeDefined();
  const [type, { schema }] = Object.entries(described.content as Record<string, Schema>)[0] as [
    string,
    { schema: Schema },
  ];
  expect(answer.headers.get('content-type')).toBe(type);
  expect(violations(schema, answer.body, document)).toEqual([]);
}

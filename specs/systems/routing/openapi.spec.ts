import { describe, expect, it } from 'vitest';
import { resolve, violations, type Schema } from '../../support/schema.ts';
import { startRoute } from './support/startRoute.ts';

const config = {
  receivers: [
    {
      name: 'in',
      type: 'webhook',
      routes: [
        { name: 'log', sender: { type: 'log' } },
        { name: 'bad', filters: [{ split: {} }], sender: { type: 'log' } },
      ],
    },
  ],
};

describe('/openapi.json of rxfan route', () => {
  it('is OpenAPI 3.1 whose references all lead somewhere, with an id of its own for every operation', async () => {
    const { ask } = await startRoute(config);
    const document: Schema = (await ask('GET', '/openapi.json')).body;

    expect(document['openapi']).toMatch(/^3\.1\./);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!);
    expect(references.map((reference) => resolve(reference, document)).length).toBeGreaterThan(20);
    const ids = Object.values(document['paths']).flatMap((path) =>
      Object.values(path as Schema).map(({ operationId }) => operationId as string),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('describes every answer', async () => {
    const { ask, send } = await startRoute(config);
    const document: Schema = (await ask('GET', '/openapi.json')).body;
    const route = { name: 'more', sender: { type: 'log' } };
    const expectDescribed = async (method: string, at: string, path: string, status: number, body?: unknown) => {
      const answer = await ask(method, path, body);
      const described = document['paths'][at][method.toLowerCase()].responses[status];
      expect(answer.status, path).toBe(status);
      const { schema } = described.content[answer.headers.get('content-type')!];
      expect(violations(schema, answer.body, document), `${method} ${path} ${status}`).toEqual([]);
    };

    await send('/hooks/in', { not: 'a list' });
    await expectDescribed('POST', '/hooks/{path}', '/hooks/in', 202, {});
    await expectDescribed('POST', '/hooks/{path}', '/hooks/none', 404, {});
    await expectDescribed('GET', '/v1/receivers', '/v1/receivers', 200);
    await expectDescribed('GET', '/v1/receivers', '/v1/receivers?pageSize=x', 400);
    await expectDescribed('GET', '/v1/receivers/metrics', '/v1/receivers/metrics', 200);
    await expectDescribed('POST', '/v1/receivers/{receiver}/routes', '/v1/receivers/in/routes', 201, route);
    await expectDescribed('POST', '/v1/receivers/{receiver}/routes', '/v1/receivers/in/routes', 409, route);
    await expectDescribed('POST', '/v1/receivers/{receiver}/routes', '/v1/receivers/in/routes', 400, {});
    await expectDescribed('POST', '/v1/receivers/{receiver}/routes', '/v1/receivers/none/routes', 404, route);
    const one = '/v1/receivers/{receiver}/routes/{route}';
    await expectDescribed('POST', `${one}/redrive`, '/v1/receivers/in/routes/more/redrive', 200, {});
    await expectDescribed('DELETE', one, '/v1/receivers/in/routes/more', 200);
    await expectDescribed('DELETE', one, '/v1/receivers/in/routes/more', 404);
    await expectDescribed('GET', '/v1/alerts', '/v1/alerts', 200);
    await expectDescribed('GET', '/healthz', '/healthz', 200);
    await expectDescribed('GET', '/readyz', '/readyz', 200);
  });
});

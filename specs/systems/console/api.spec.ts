import { describe, expect, it } from 'vitest';
import type { InspectionGraph } from '../../../lib/contracts/inspection.ts';
import type { LiveView } from '../../../lib/contracts/liveView.ts';
import { resolve, violations, type Schema } from '../../support/schema.ts';
import { eventually } from '../routing/support/eventually.ts';
import { httpSink } from '../routing/support/httpSink.ts';
import { applied, sorted } from './support/applied.ts';
import { startUp } from './support/startUp.ts';

const ROUTED = (url: string) => ({
  receivers: [
    {
      name: 'in',
      type: 'webhook',
      routes: [{ name: 'r', onFailure: 'park', sender: { type: 'http', url } }],
    },
  ],
});
const schema = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

describe('the API of the console', () => {
  it('is described: every reference leads somewhere, every operation has an id of its own, and answers are as it says', async () => {
    const sink = await httpSink();
    sink.answer(400);
    const { ask, live } = await startUp({ ...ROUTED(sink.url), console: { demo: true } });
    const document: Schema = (await ask('GET', '/openapi.json')).body;
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!);
    for (const reference of references) expect(resolve(reference, document)).toBeTypeOf('object');
    const ids = Object.values(document['paths']).flatMap((path) =>
      Object.values(path as Schema).map(({ operationId }) => operationId as string),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(['live', 'snapshot', 'explanation', 'demo', 'listDeadLetters']));

    await ask('POST', '/hooks/in', { n: 1 });
    await eventually(async () => (await ask('GET', '/v1/deadletters')).body.deadLetters).toHaveLength(1);
    const expectDescribed = async (method: string, path: string, status: number, body?: unknown) => {
      const answer = await ask(method, path, body);
      const described = document['paths'][path.replace(/\?.*/, '')][method.toLowerCase()].responses[status];
      expect(answer.status, path).toBe(status);
      const content = described.content[answer.headers.get('content-type')!];
      expect(violations(content.schema, answer.body, document), `${method} ${path}`).toEqual([]);
    };
    await expectDescribed('GET', '/v1/console/parts', 200);
    await expectDescribed('GET', '/v1/console/snapshot', 200);
    await expectDescribed('GET', '/v1/console/snapshot?format=mermaid', 200);
    await expectDescribed('GET', '/v1/console/snapshot?format=dot', 200);
    await expectDescribed('GET', '/v1/console/snapshot?format=x', 400);
    await expectDescribed('GET', '/v1/console/explanation?node=1', 200);
    await expectDescribed('GET', '/v1/console/explanation?node=999999', 404);
    await expectDescribed('GET', '/v1/demo', 200);
    await expectDescribed('PATCH', '/v1/demo', 200, { sources: { web: { perSecond: 1 } } });
    await expectDescribed('PATCH', '/v1/demo', 400, { other: 1 });
    await expectDescribed('POST', '/v1/demo/reset', 200, {});
    await expectDescribed('GET', '/v1/deadletters', 200);
    await expectDescribed('POST', '/v1/deadletters/redrive', 404, { kind: 'route', name: 'in/none' });
    await expectDescribed('POST', '/v1/deadletters/redrive', 200, { kind: 'route', name: 'in/r' });

    const client = await live();
    for (let n = 0; n < 4; n++) {
      const { event, data } = (await client.next())!;
      const name = event === 'graph' ? 'LiveView' : 'LiveDelta';
      expect(violations(schema(name), JSON.parse(data), document)).toEqual([]);
    }
  });

  it('says which parts there are', async () => {
    const { ask } = await startUp({ console: { demo: false } });
    const parts = ['catalogue', 'inspection', 'jobs', 'events', 'observer', 'deadLetters'];
    expect((await ask('GET', '/v1/console/parts')).body).toEqual({ parts, demo: false });
    const { status, body } = await ask('GET', '/v1/demo');
    expect([status, body.code]).toEqual([404, 'no_demo']);
    expect((await ask('POST', '/v1/deadletters/redrive', { kind: 'route', name: 'a/b' })).status).toBe(404);
  });

  it('shows live what the snapshot shows, and what a client makes of deltas is what a new one gets', async () => {
    const { ask, live } = await startUp({ console: { demo: true } });
    const client = await live('?within=0&limit=1'); // nothing at all: the process alone
    expect(JSON.parse((await client.next())!.data)).toMatchObject({ nodes: [], alerts: 0, omitted: 0 });
    const graph = (await ask('GET', '/v1/console/snapshot')).body as InspectionGraph;
    const orders = graph.nodes.find(({ name }) => name === 'demo.orders')!;
    const own = await live(`?within=${orders.id}`);
    const first = JSON.parse((await own.next())!.data) as LiveView;
    expect(first.nodes.map(({ name }) => name).sort()).toEqual([
      ...['demo.orders', 'demo.orders/archive', 'demo.orders/billing', 'demo.orders/mail', 'demo.orders/metrics'],
    ]);
    let view = sorted(first);
    for (let n = 0; n < 8; n++) {
      const { event, data } = (await own.next())!;
      view = applied(view, event!, data);
    }
    const published = view.nodes.find(({ id }) => id === orders.id)!;
    expect(published.counts['published']).toBeGreaterThan(first.nodes[0]!.counts['published']!);
    expect(published.rates['published']).toBeGreaterThan(5);
    expect(view.time).toBeGreaterThan(first.time);
    expect(view.totals['topic']).toBe(graph.nodes.filter(({ kind }) => kind === 'topic').length);
  });

  it('says in a sentence who is waited for', async () => {
    const { ask } = await startUp({ console: { demo: true } });
    await ask('PATCH', '/v1/demo', { sources: { web: { running: false } } });
    const graph = (await ask('GET', '/v1/console/snapshot')).body as InspectionGraph;
    const merge = graph.nodes.find(({ name }) => name === 'demo.merge')!;
    await eventually(async () => {
      const { sentence, chain } = (await ask('GET', `/v1/console/explanation?node=${merge.id}`)).body;
      return `${sentence} ${chain.map(({ kind, name }: InspectionGraph['nodes'][0]) => `${kind} ${name}`).join(', ')}`;
    }).toMatch(
      /^merge 'demo.merge' .*waits for source 'demo.merge\/0', which .* merge demo.merge, source demo.merge\/0$/,
    );
  });

  it('redrives what a route has parked, and says why it was', async () => {
    const sink = await httpSink();
    sink.answer(400);
    const { ask } = await startUp(ROUTED(sink.url));
    await ask('POST', '/hooks/in', { n: 1 });
    await eventually(async () => (await ask('GET', '/v1/deadletters')).body).toMatchObject({
      deadLetters: [{ kind: 'route', name: 'in/r', count: 1, lastReason: expect.any(String) }],
      nextPageToken: '',
    });
    const refused = await ask('POST', '/v1/deadletters/redrive', { kind: 'route', name: 'in/r', max: 1 });
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_body']);
    sink.answer(204);
    const { body } = await ask('POST', '/v1/deadletters/redrive', { kind: 'route', name: 'in/r' });
    expect(body).toEqual({ redriven: 1 });
    await eventually(async () => (await ask('GET', '/v1/deadletters')).body.deadLetters).toEqual([]);
  });

  it.each([
    [{ kind: 'other', name: 'x' }, 'invalid_body'],
    [{ kind: 'queue' }, 'invalid_body'],
    [{ kind: 'queue', name: '' }, 'invalid_body'],
    [{ kind: 'queue', name: 'x'.repeat(513) }, 'invalid_body'],
    [{ kind: 'queue', name: 'x', max: 0 }, 'invalid_body'],
    [{ kind: 'queue', name: 'x', max: 1.5 }, 'invalid_body'],
    [{ kind: 'queue', name: 'x', most: 1 }, 'invalid_body'],
    [{ kind: 'queue', name: 'amq.gen-of-somebody-else' }, 'unknown_queue'],
    [{ kind: 'route', name: 'a/b/c' }, 'unknown_route'],
  ])('refuses to redrive %j', async (body, code) => {
    const { ask } = await startUp(ROUTED('http://127.0.0.1:9/'));
    const answer = await ask('POST', '/v1/deadletters/redrive', body);
    expect(answer.body.code).toBe(code);
  });
});

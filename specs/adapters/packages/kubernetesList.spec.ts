import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { kubernetesList } from '../../../lib/adapters/packages/kubernetesList.ts';
import { comparePageKeys } from '../../../lib/contracts/pageKey.ts';
import { pageSourceLaws } from '../../../lib/testing/pageSourceLaws.ts';
import { runs } from '../../support/seed.ts';
import { json, serve } from './support/serve.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { failureOf, itemsOf, key, listOf, pageOf } from './support/walk.ts';

interface Stored {
  readonly name: string;
  readonly namespace?: string;
  readonly version?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A list API as kube-apiserver has it: objects in the order of their storage keys, a `continue` that stands for a key in
 * a revision, 410 Gone for revisions that were compacted, then with or without a `continue` to go on at the latest one.
 */
async function apiServer(initial: readonly Stored[], { offers = true } = {}) {
  const cluster = { objects: [...initial], revision: 1, oldest: 0, history: new Map<number, readonly Stored[]>() };
  const storageKey = ({ namespace, name }: Stored) => (namespace === undefined ? name : `${namespace}/${name}`);
  const change = (objects: readonly Stored[]) => {
    cluster.objects = [...objects];
    cluster.revision++;
  };
  const server = await serve((url, response) => {
    const limit = Number(url.searchParams.get('limit'));
    const token = url.searchParams.get('continue');
    const position = token === null ? undefined : parsed(token);
    if (token !== null && !position) {
      json(response, { kind: 'Status', code: 400, reason: 'BadRequest' }, 400);
      return;
    }
    const revision = position && position.revision !== -1 ? position.revision : cluster.revision;
    if (revision <= cluster.oldest) {
      const metadata = offers ? { continue: encoded(-1, position?.after ?? '') } : {};
      json(response, { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410, metadata }, 410);
      return;
    }
    if (!cluster.history.has(revision)) {
      const sorted = [...cluster.objects].sort((a, b) => comparePageKeys(storageKey(a), storageKey(b)));
      cluster.history.set(revision, sorted);
    }
    const rest = cluster.history
      .get(revision)!
      .filter((object) => comparePageKeys(storageKey(object), position?.after ?? '') > 0);
    const page = rest.slice(0, limit);
    json(response, {
      kind: 'List',
      metadata: {
        resourceVersion: String(revision),
        ...(rest.length > limit && { continue: encoded(revision, storageKey(page.at(-1)!)), remainingItemCount: 1 }),
      },
      items: page.map(({ version, labels = {}, ...metadata }) => ({
        metadata: {
          ...metadata,
          resourceVersion: '7',
          labels: { ...labels, ...(version !== undefined && { 'app.kubernetes.io/version': version }) },
        },
      })),
    });
  });
  /** Forgets everything before the revision there is now, as etcd does some minutes later. */
  const compact = () => {
    cluster.oldest = cluster.revision;
    cluster.revision++;
  };
  return { server, change, compact };

  function encoded(revision: number, after: string): string {
    return Buffer.from(JSON.stringify({ revision, after })).toString('base64url');
  }
  function parsed(token: string): { revision: number; after: string } | undefined {
    try {
      return JSON.parse(Buffer.from(token, 'base64url').toString()) as { revision: number; after: string };
    } catch {
      return undefined;
    }
  }
}

const named = (...names: readonly string[]): Stored[] => names.map((name) => ({ name, version: `v-${name}` }));
const path = '/api/v1/namespaces/default/pods';
const sourceOf = (url: string) => kubernetesList({ name: 'pods', url, path });

describe('kubernetesList', () => {
  it('lists names, and versions from the label or else from the object', async () => {
    const { server } = await apiServer([{ name: 'b', version: '1.2' }, { name: 'a' }]);

    expect(await itemsOf(sourceOf(server.url))).toEqual([
      { name: 'a', version: '7', source: 'pods' },
      { name: 'b', version: '1.2', source: 'pods' },
    ]);
    expect(server.requests).toEqual([`${path}?limit=100`]);
  });

  it('goes on with the continue token, in one revision of the list', async () => {
    const { server, change } = await apiServer(named('a', 'b', 'c', 'd', 'e'));
    const source = sourceOf(server.url);
    const first = await pageOf(source, { pageSize: 2 });
    change(named('aa', 'b', 'bb', 'z'));
    const second = await pageOf(source, { pageSize: 2, pageToken: first.nextPageToken });
    const third = await pageOf(source, { pageSize: 2, pageToken: second.nextPageToken });

    expect([first, second, third].map(({ items }) => items.map(({ name }) => name).join(''))).toEqual([
      'ab',
      'cd',
      'e',
    ]);
    expect(third.nextPageToken ?? '').toBe('');
    expect(source.paging).toBe('keyset');
  });

  it.each([
    ['the token that the server offers', true],
    ['a walk from the start', false],
  ])('goes on after the last object with %s when its token has expired (410)', async (_, offers) => {
    const { server, change, compact } = await apiServer(named('b', 'd', 'f', 'h'), { offers });
    const source = sourceOf(server.url);
    const first = await pageOf(source, { pageSize: 2 });
    change(named('a', 'b', 'c', 'e', 'f', 'h'));
    compact();
    const second = await pageOf(source, { pageSize: 2, pageToken: first.nextPageToken });
    const rest = second.nextPageToken ? await pageOf(source, { pageToken: second.nextPageToken }) : { items: [] };

    expect(first.items.map(({ name }) => name)).toEqual(['b', 'd']);
    expect([...second.items, ...rest.items].map(({ name }) => name)).toEqual(['e', 'f', 'h']);
  });

  it('finds its place again in a list of several pages', async () => {
    const names = Array.from({ length: 1_300 }, (_, i) => `n${String(i).padStart(4, '0')}`);
    const { server, compact } = await apiServer(named(...names), { offers: false });
    const source = sourceOf(server.url);
    const first = await pageOf(source, { pageSize: 1_200 });
    compact();
    const second = await pageOf(source, { pageSize: 10, pageToken: first.nextPageToken });

    expect(second.items.map(({ name }) => name)).toEqual(names.slice(1_200));
  });

  it('M16 gives every object that stays exactly once, whatever expires when', async () => {
    const name = fc.constantFrom(...'abcdefghijkl'.split(''));
    const step = fc.record({ change: fc.option(fc.uniqueArray(name), { nil: undefined }), compact: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name),
        fc.array(step, { maxLength: 6 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (start, steps, pageSize, offers) => {
          const { server, change, compact } = await apiServer(named(...start), { offers });
          const source = sourceOf(server.url);
          const seen: string[] = [];
          let stayed = start;
          let turn = 0;
          for (let pageToken: string | undefined; ;) {
            const page = await pageOf(source, { pageSize, pageToken });
            seen.push(...page.items.map((item) => item.name));
            pageToken = page.nextPageToken;
            if (!pageToken) break;
            const { change: next, compact: expires } = steps[turn++] ?? { change: undefined, compact: false };
            if (next) {
              change(named(...next));
              stayed = stayed.filter((kept) => next.includes(kept));
            }
            if (expires) compact();
          }
          await server.close();

          expect(seen).toEqual([...new Set(seen)].sort());
          for (const kept of stayed) expect(seen).toContain(kept);
        },
      ),
      runs(),
    );
  }, 60_000);

  it('names objects of all namespaces with their namespace, in the order the server has', async () => {
    const { server } = await apiServer([
      { namespace: 'a', name: 'z' },
      { namespace: 'a-b', name: 'a' },
      { namespace: 'b', name: 'x' },
    ]);
    const source = kubernetesList({ name: 'pods', url: `${server.url}/`, path: '/api/v1/pods?labelSelector=x%3Dy' });

    expect(await listOf(source, { pageSize: 1 })).toEqual(['a-b/a 7', 'a/z 7', 'b/x 7']);
    expect(server.requests[0]).toBe('/api/v1/pods?labelSelector=x%3Dy&limit=1');
  });

  it('finds its fields where it is told', async () => {
    const server = await serve((_, response) =>
      json(response, {
        metadata: {},
        items: [{ metadata: { name: 'x' }, spec: { chart: 'nginx', v: '1', text: 'web' } }],
      }),
    );
    const source = kubernetesList({
      name: 'releases',
      url: server.url,
      path: '/apis/x/v1/releases',
      fields: { name: 'spec.chart', version: ['/spec/none', '/spec/v'], description: 'spec.text' },
    });

    expect(await itemsOf(source)).toEqual([{ name: 'nginx', version: '1', source: 'releases', description: 'web' }]);
  });

  it('filters by itself, without giving empty pages', async () => {
    const { server } = await apiServer(
      named(...Array.from({ length: 500 }, (_, i) => `n${String(i).padStart(3, '0')}`)),
    );

    expect((await pageOf(sourceOf(server.url), { query: { query: 'N44' }, pageSize: 1 })).items).toHaveLength(10);
    expect(await listOf(sourceOf(server.url), { query: { query: 'none' } })).toEqual([]);
  });

  it('sends its bearer token, asked for each time', async () => {
    const seen: unknown[] = [];
    const server = await serve((_, response, request) => {
      seen.push(request.headers.authorization);
      json(response, { metadata: {}, items: null });
    });
    let turn = 0;
    const renewed = kubernetesList({
      name: 'x',
      url: server.url,
      path,
      bearerToken: () => Promise.resolve(`t${turn++}\n`),
    });
    await listOf(renewed);
    await listOf(renewed);
    await listOf(kubernetesList({ name: 'x', url: server.url, path, bearerToken: 'fixed' }));

    expect(seen).toEqual(['Bearer t0', 'Bearer t1', 'Bearer fixed']);
  });

  it.each([
    [401, {}, { name: 'RefusedError', status: 401 }],
    [500, {}, { name: 'UnreachableError' }],
    [410, { kind: 'Status', code: 410 }, { name: 'RefusedError', status: 410 }],
    [
      200,
      { metadata: {}, items: [{ metadata: {} }] },
      { name: 'DecodeError', faults: [{ at: '/items/0/metadata/name' }] },
    ],
    [200, { metadata: { continue: 1 }, items: [] }, { name: 'DecodeError', faults: [{ at: '/metadata/continue' }] }],
    [200, { metadata: {}, items: 'many' }, { name: 'DecodeError', faults: [{ at: '/items' }] }],
  ])('fails for status %i with %j', async (status, body, failure) => {
    const server = await serve((_, response) => json(response, body, status));

    expect(await failureOf(sourceOf(server.url))).toMatchObject(failure);
  });

  it('gives up a server that leads in circles when it looks for its place', async () => {
    const { server } = await apiServer(named('a', 'b', 'c'));
    const first = await pageOf(sourceOf(server.url), { pageSize: 1 });
    const circling = await serve((url, response) => {
      if (url.searchParams.get('continue') === null || url.searchParams.get('continue') === 'on') {
        json(response, { metadata: { continue: 'on' }, items: [] });
      } else json(response, {}, 410);
    });

    const again = pageOf(sourceOf(circling.url), { pageToken: first.nextPageToken });
    await expect(again).rejects.toMatchObject({ name: 'RefusedError' });
    expect(circling.requests.length).toBeLessThan(1_010);
  });

  it('ends when every token has expired, always', async () => {
    const { server } = await apiServer(named('a', 'b', 'c'));
    const first = await pageOf(sourceOf(server.url), { pageSize: 1 });
    const gone = await serve((_, response) => json(response, { metadata: { continue: 'again' } }, 410));

    const again = pageOf(sourceOf(gone.url), { pageToken: first.nextPageToken });
    await expect(again).rejects.toMatchObject({ name: 'RefusedError', status: 410 });
    expect(gone.requests).toHaveLength(3);
  });

  const openssl = spawnSync('openssl', ['version']).status === 0;
  if (!openssl) console.info('kubernetesList: no openssl here, certificates of a cluster are not tried');
  it.runIf(openssl)('trusts the certificate authority of the cluster, and no other one for it', async () => {
    const folder = temporaryFolder();
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'],
        ...['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')],
      ],
      { stdio: 'ignore' },
    );
    const [tlsKey, ca] = ['key.pem', 'cert.pem'].map((file) => readFileSync(join(folder, file), 'utf8'));
    const server = createServer({ key: tlsKey, cert: ca }, (_, response) =>
      json(response, { metadata: {}, items: [{ metadata: { name: 'safe', resourceVersion: '1' } }] }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

    expect(await listOf(kubernetesList({ name: 'x', url, path, tls: { ca } }))).toEqual(['safe 1']);
    expect(await failureOf(kubernetesList({ name: 'x', url, path, tls: {} }))).toMatchObject({
      name: 'UnreachableError',
    });
    expect(await failureOf(sourceOf(url))).toMatchObject({ name: 'UnreachableError' });
  });
});

describe('kubernetesList keeps the laws of page sources', () => {
  const create = async () => {
    const { server } = await apiServer(named('c', 'a', 'b', 'd', 'e'));
    return {
      source: sourceOf(server.url),
      query: {},
      key,
      calls: () => server.requests.length,
      liveCalls: server.open,
      close: server.close,
    };
  };
  for (const law of pageSourceLaws(create)) it(law.name, law.check);
});

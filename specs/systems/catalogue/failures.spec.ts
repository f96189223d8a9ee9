import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NEVER, Observable, throwError } from 'rxjs';
import type { Package, PackageSource } from '../../../lib/adapters/packages/package.ts';
import { restList } from '../../../lib/adapters/packages/restList.ts';
import { FormatError } from '../../../lib/contracts/failure.ts';
import { get, listOf, manyOf, startCatalogue, walkPages, type TestCatalogue } from '../../support/catalogue.ts';
import { raw } from '../../support/raw.ts';

const catalogues: TestCatalogue[] = [];
const start = async (...args: Parameters<typeof startCatalogue>) => {
  const catalogue = await startCatalogue(...args);
  catalogues.push(catalogue);
  return catalogue;
};
afterEach(async () => {
  await Promise.all(catalogues.splice(0).map((catalogue) => catalogue.stop({ deadlineMs: 0 })));
});

const failing = (name: string, failure: unknown): PackageSource => ({ name, fetch: () => throwError(() => failure) });
const cut = new FormatError('/var/lib/dpkg/status', 17, 'a field without a name');

/** A list server that can be told not to answer. */
class Upstream {
  hangs = false;
  asked = 0;
  /** Requests that were neither answered nor given up. */
  running = 0;
  readonly items = ['a', 'f', 'k', 'p', 'u'].map((id) => ({ id, version: '1' }));
  private readonly server: Server = createServer((request, response) => {
    this.asked++;
    this.running++;
    response.once('close', () => this.running--);
    if (this.hangs) return;
    const search = new URL(request.url ?? '', 'http://localhost').searchParams;
    const at = Number(search.get('pageToken') ?? 0);
    const items = this.items.slice(at, at + 2);
    const next = at + 2 < this.items.length ? String(at + 2) : '';
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ items, next }));
  });

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get source(): PackageSource {
    const { port } = this.server.address() as AddressInfo;
    return restList({
      name: 'inventory',
      url: `http://127.0.0.1:${port}/`,
      items: 'items',
      nextPageToken: 'next',
      key: 'id',
    });
  }

  /** The built-in fetch opens a spare connection after an aborted request, and drops it some seconds later. */
  closeConnections(): void {
    this.server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.closeConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('a source that fails', () => {
  it('is left out and named with its reason, file and line, by default', async () => {
    const catalogue = await start([manyOf('npm', 3), failing('dpkg', cut)]);

    const { status, body } = await catalogue.get('/v1/packages');

    expect(status).toBe(200);
    expect(body.items.map(({ source }: Package) => source)).toEqual(['npm', 'npm', 'npm']);
    expect(body.unreachable).toEqual([
      { source: 'dpkg', code: 'source_failed', reason: 'source dpkg: /var/lib/dpkg/status:17: a field without a name' },
    ]);
    expect(body.nextPageToken).not.toBe('');
  });

  it('fails the page and is named, when the catalogue is set up so', async () => {
    const catalogue = await start([manyOf('npm', 3), failing('dpkg', cut)], { onSourceFailure: 'fail' });

    const { status, body, headers } = await catalogue.get('/v1/packages');

    expect(status).toBe(502);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({ code: 'source_failed', source: 'dpkg', detail: expect.stringContaining('status:17') });
    expect(body).not.toHaveProperty('items');
  });

  it('never makes an empty page look like an empty catalogue', async () => {
    const catalogue = await start([manyOf('npm', 3), failing('dpkg', cut)]);

    const { body } = await catalogue.get('/v1/packages');
    const rest = await catalogue.get('/v1/packages', { pageToken: body.nextPageToken });
    const alone = await catalogue.get('/v1/packages', { source: 'dpkg' });

    expect([rest.status, alone.status]).toEqual([502, 502]);
    expect(rest.body).toMatchObject({ code: 'source_failed', source: 'dpkg' });
  });

  it('keeps a reason that was not written for readers to itself, and hands it to the log', async () => {
    const secret = new Error('password "tomato" refused by 10.0.0.7');
    const seen: unknown[] = [];
    const catalogue = await start([manyOf('npm', 3), failing('db', secret)], {
      onForeignFailure: (source, failure) => seen.push([source, failure]),
    });

    const page = await catalogue.get('/v1/packages');
    const sources = await catalogue.get('/v1/sources');

    expect(page.body.unreachable[0].reason).toBe('source db: cannot reach db: it failed; the log says why');
    expect(JSON.stringify([page.body, sources.body])).not.toMatch(/tomato|10\.0/);
    expect(seen).toEqual([['db', secret]]);
  });

  it('names each of several sources when none could be reached', async () => {
    const catalogue = await start([failing('dpkg', cut), failing('apt', cut)]);

    const { status, body } = await catalogue.get('/v1/packages');
    const { body: list } = await catalogue.get('/v1/sources');

    expect(status).toBe(502);
    expect(body).toMatchObject({ code: 'source_failed', source: 'dpkg, apt' });
    expect(list.sources.map(({ state }: { state: string }) => state)).toEqual(['unreachable', 'unreachable']);
  });
});

describe('a source that stops answering', () => {
  let upstream: Upstream;
  beforeEach(async () => {
    upstream = new Upstream();
    await upstream.listen();
  });
  afterEach(() => upstream.close());

  it('joins in again, in order, once it answers', async () => {
    const catalogue = await start(
      [
        listOf(
          'npm',
          ['b', 'g', 'l', 'q', 'z'].map((name) => ({ name, version: '1' })),
        ),
        upstream.source,
      ],
      {
        timeoutMs: 100,
        pageSize: { default: 3 },
      },
    );
    const names = ({ body }: { body: { items: Package[] } }) => body.items.map(({ name }) => name).join('');

    const first = await catalogue.get('/v1/packages');
    upstream.hangs = true;
    const second = await catalogue.get('/v1/packages', { pageToken: first.body.nextPageToken, pageSize: '2' });
    const reported = await catalogue.get('/v1/sources');
    upstream.hangs = false;
    const third = await catalogue.get('/v1/packages', { pageToken: second.body.nextPageToken, pageSize: '100' });

    expect(names(first)).toBe('abf');
    expect(second.body.unreachable).toMatchObject([{ source: 'inventory' }]);
    expect(reported.body.sources[0]).toMatchObject({
      name: 'inventory',
      state: 'unreachable',
      lastError: { reason: 'source inventory: no answer within 100 ms' },
    });
    expect(names(second) + names(third)).toMatch(/z$/);
    expect(new Set(names(second) + names(third)).size).toBe((names(second) + names(third)).length);
    expect(third.body.nextPageToken).toBe('');
    const after = await catalogue.get('/v1/sources');
    expect(after.body.sources[0]).toMatchObject({ state: 'reachable', lastError: {} });
  });

  it.each([
    ['omit', 200],
    ['fail', 504],
  ] as const)('costs one deadline and leaves nothing behind, with %s', async (onSourceFailure, status) => {
    upstream.hangs = true;
    const catalogue = await start([manyOf('npm', 3), upstream.source], { timeoutMs: 60, onSourceFailure });
    const request = 'GET /v1/packages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const resources = () => process.getActiveResourcesInfo().filter((kind) => /Timeout|TCPSocket|FSReq/.test(kind));
    const before = resources();

    const startedAt = performance.now();
    const answer = await raw(catalogue.port, request);
    const tookMs = performance.now() - startedAt;
    await expect.poll(() => upstream.running).toBe(0);
    upstream.closeConnections();

    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    if (onSourceFailure === 'fail') expect(answer).toContain('"source":"inventory"');
    expect(tookMs).toBeGreaterThanOrEqual(55);
    expect(tookMs).toBeLessThan(2_000);
    expect(upstream.asked).toBe(1);
    await expect.poll(() => resources().length).toBeLessThanOrEqual(before.length);
  });
});

describe('a client that leaves', () => {
  it('cancels what is under way for it, which is no failure of ours', async () => {
    let cancelled = () => {};
    const left = new Promise<string>((resolve) => (cancelled = () => resolve('cancelled')));
    let asked = () => {};
    const reached = new Promise<void>((resolve) => (asked = resolve));
    const slow: PackageSource = {
      name: 'slow',
      fetch: () =>
        new Observable(() => {
          asked();
          return cancelled;
        }),
    };
    const failures: unknown[] = [];
    const catalogue = await start([slow], { timeoutMs: 60_000, onError: (failure) => failures.push(failure) });
    const client = new AbortController();
    const request = fetch(new URL('/v1/packages', catalogue.url), { signal: client.signal });
    request.catch(() => {});
    await reached;

    client.abort();

    await expect(left).resolves.toBe('cancelled');
    await new Promise((resolve) => setImmediate(resolve));
    expect(failures).toEqual([]);
  });
});

describe('GET /v1/sources', () => {
  it('tells what is known without asking anybody, page by page like every list', async () => {
    const catalogue = await start([manyOf('b', 3), { name: 'silent', fetch: () => NEVER }, manyOf('a', 1)]);

    const first = await catalogue.get('/v1/sources', { pageSize: '2' });
    const second = await catalogue.get('/v1/sources', { pageToken: first.body.nextPageToken });

    expect(first.body.sources).toEqual([
      { name: 'a', type: 'test', state: 'unknown' },
      { name: 'b', type: 'test', state: 'unknown' },
    ]);
    expect(second.body).toEqual({ sources: [{ name: 'silent', type: 'test', state: 'unknown' }], nextPageToken: '' });
    expect(catalogue.calls()).toBe(0);
  });

  it('does not take the page token of another list', async () => {
    const catalogue = await start([manyOf('a', 30)]);
    const { body } = await catalogue.get('/v1/packages', { pageSize: '2' });

    const answer = await get(new URL('/v1/sources', catalogue.url), { pageToken: body.nextPageToken });

    expect([400, 410]).toContain(answer.status);
  });

  it('a source that is not wanted is not asked, and the walk of the others is whole', async () => {
    const catalogue = await start([manyOf('a', 30), { name: 'silent', fetch: () => NEVER }]);

    const pages = await walkPages(catalogue, [7], { source: 'a' });

    expect(pages.flat()).toHaveLength(30);
  });
});

import { renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { helmIndex } from '../../../lib/adapters/packages/helmIndex.ts';
import { yamlParts } from '../../../lib/adapters/packages/yamlParts.ts';
import { pageSourceLaws } from '../../../lib/testing/pageSourceLaws.ts';
import { runs } from '../../support/seed.ts';
import { longestPause } from './support/longestPause.ts';
import { serve, type TestServer } from './support/serve.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { failureOf, itemsOf, key, listOf } from './support/walk.ts';

const chart = (name: string, version: string, description = `about ${name}`) =>
  `  - apiVersion: v2\n    created: "2024-01-01T00:00:00Z"\n    description: ${description}\n    name: ${name}\n    urls:\n    - https://x.example/${name}.tgz\n    version: ${version}\n`;

const index = (...charts: readonly string[]) => `apiVersion: v1\nentries:\n${charts.join('')}generated: "2024"\n`;

const sample = index(
  `  nginx:\n${chart('nginx', '1.10.0')}${chart('nginx', '1.9.0')}`,
  `  redis:\n${chart('redis', '2.0.0', '|-\n      two\n      lines')}`,
  `  empty: []\n`,
);

const fileOf = (text: string) => join(temporaryFolder({ 'index.yaml': text }), 'index.yaml');
const sourceOf = (text: string) => helmIndex({ name: 'charts', file: fileOf(text) });

describe('helmIndex', () => {
  it('lists each version of each chart', async () => {
    expect(await itemsOf(sourceOf(sample))).toEqual([
      { name: 'nginx', version: '1.10.0', source: 'charts', description: 'about nginx' },
      { name: 'nginx', version: '1.9.0', source: 'charts', description: 'about nginx' },
      { name: 'redis', version: '2.0.0', source: 'charts', description: 'two lines' },
    ]);
  });

  it.each([
    ['JSON', JSON.stringify({ apiVersion: 'v1', entries: { a: [{ name: 'a', version: '1.10' }] } })],
    ['flow style', '{apiVersion: v1, entries: {a: [{name: a, version: 1.10}]}}'],
    ['lines that end with CR LF', index(`  a:\n${chart('a', '1.10')}`).replaceAll('\n', '\r\n')],
    ['no final newline', 'entries:\n  a:\n  - name: a\n    version: 1.10'],
    [
      'comments, quotes and a document mark',
      '# x\n---\nentries:\n  # y\n\n    "a": # z\n    - {name: "a", version: 1.10}\n',
    ],
    ['deeper lists', 'entries:\n  a:\n    - name: a\n      version: 1.10\n'],
    ['anchors', 'x: &v 1.10\nentries:\n  a:\n  - name: a\n    version: *v\n'],
    ['a byte order mark', '\ufeffentries:\n  a:\n  - name: a\n    version: 1.10\n'],
  ])('reads an index with %s, and leaves versions as they are written', async (_, text) => {
    expect(await listOf(sourceOf(text))).toEqual(['a 1.10']);
  });

  it.each(['apiVersion: v1\nentries: {}\n', 'entries: {}', '{"entries":{}}'])('is empty for %j', async (text) => {
    expect(await listOf(sourceOf(text))).toEqual([]);
  });

  it('leaves prototypes alone', async () => {
    const text = index(`  __proto__:\n${chart('__proto__', '1')}`, `  constructor:\n${chart('constructor', '1')}`);

    expect(await listOf(sourceOf(text))).toEqual(['__proto__ 1', 'constructor 1']);
    expect(await listOf(sourceOf(`{"entries":{"__proto__":[{"name":"p","version":"1"}]}}`))).toEqual(['p 1']);
    expect(({} as { name?: unknown }).name).toBeUndefined();
  });

  it.each([
    ['cut off within a quote', sample.slice(0, sample.indexOf('2024-01') + 4), 5],
    ['with a tab', index(`  a:\n${chart('a', '1')}`, '  b:\n\t- name: b\n'), 12],
    ['with a key given twice', index(`  a:\n  - name: a\n    name: b\n    version: 1\n`), 5],
    ['that breaks after its charts', `${sample}oops: "\n`, 31],
    ['that is broken JSON', '{\n"entries": {\n"a": [}\n', 3],
    ['with an anchor nobody set', 'entries:\n  a:\n  - name: a\n    version: *nobody\n', 2],
  ])('fails with file and line for a text %s', async (_, text, line) => {
    const file = fileOf(text);

    expect(await failureOf(helmIndex({ name: 'charts', file }))).toMatchObject({
      name: 'FormatError',
      where: file,
      line,
    });
  });

  it.each([
    ['cut off after a chart name', sample.slice(0, sample.indexOf('    version')), '/entries/nginx/0/version'],
    ['without entries', 'apiVersion: v1\n', '/entries'],
    ['that is a text', 'hello', '/'],
    ['that is empty', '', '/'],
    ['of binary junk', '\u0000\u0001\u0002\u0003', '/'],
    ['with a chart that is a text', index('  a: text\n'), '/entries/a'],
    ['with a version that is a list', '{"entries":{"a/b":[{"name":"a","version":[]}]}}', '/entries/a~1b/0/version'],
  ])('fails with the place for an index %s', async (_, text, at) => {
    expect(await failureOf(sourceOf(text))).toMatchObject({ name: 'DecodeError', faults: [{ at }] });
  });

  it('refuses aliases that multiply, and lists that nest without end', async () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (let i = 1; i < 9; i++) {
      const [from, to] = ['abcdefghi'[i - 1]!, 'abcdefghi'[i]!];
      bomb.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join()}]`);
    }
    expect(await failureOf(sourceOf(`${bomb.join('\n')}\nentries: *i\n`))).toMatchObject({ name: 'FormatError' });
    expect(await failureOf(sourceOf(`entries: ${'['.repeat(50_000)}`))).toMatchObject({ name: 'FormatError' });
  });

  it('refuses what is too large without reading it', async () => {
    const file = fileOf('');
    truncateSync(file, 100 * 1024 * 1024);

    expect(await failureOf(helmIndex({ name: 'charts', file }))).toMatchObject({ name: 'TooLargeError' });
  });

  it('X7 lets everything else run while it reads a large index', async () => {
    const charts = Array.from({ length: 400 }, (_, i) => `  c${i}:\n${chart(`c${i}`, '1').repeat(10)}`);
    const source = sourceOf(index(...charts));
    const { totalMs, longestMs } = await longestPause(() => itemsOf(source));
    console.info(`helmIndex: 4 000 charts in ${totalMs} ms, longest pause ${longestMs} ms`);

    expect(longestMs).toBeLessThan(totalMs * 0.75);
  });

  it('reads a file again when it has changed', async () => {
    const file = fileOf(sample);
    const source = helmIndex({ name: 'charts', file });
    expect(await listOf(source)).toHaveLength(3);

    writeFileSync(`${file}-new`, index(`  a:\n${chart('a', '1')}`));
    renameSync(`${file}-new`, file);
    expect(await listOf(source)).toEqual(['a 1']);
  });

  it('tells of a file that is not there', async () => {
    expect(await failureOf(helmIndex({ name: 'charts', file: '/none/index.yaml' }))).toMatchObject({
      name: 'UnreachableError',
      where: '/none/index.yaml',
    });
  });
});

describe('helmIndex behind a URL', () => {
  /** A server of an index that can be replaced. */
  async function repository(headers: (text: string) => Record<string, string>) {
    const state = { text: sample, downloads: 0 };
    const server = await serve((_, response, request) => {
      const own = headers(state.text);
      const known = request.headers['if-none-match'] ?? request.headers['if-modified-since'];
      if (known !== undefined && Object.values(own).includes(known)) return response.writeHead(304, own).end();
      state.downloads++;
      return response.writeHead(200, own).end(state.text);
    });
    const source = helmIndex({ name: 'charts', url: `${server.url}/index.yaml?token=secret`, recheckMs: 0 });
    return { state, server, source };
  }

  it.each([
    ['ETag', (text: string) => ({ etag: `"${text.length}"` })],
    ['Last-Modified', (text: string) => ({ 'last-modified': new Date(text.length * 1_000).toUTCString() })],
  ])('downloads it again only when its %s has changed', async (_, headers) => {
    const { state, server, source } = await repository(headers);
    expect(await listOf(source, { pageSize: 1 })).toHaveLength(3);
    expect(await listOf(source, { query: { query: 'redis' } })).toEqual(['redis 2.0.0']);
    expect(state.downloads).toBe(1);
    expect(server.requests.length).toBeGreaterThan(1);

    state.text = index(`  a:\n${chart('a', '1')}`);
    expect(await listOf(source)).toEqual(['a 1']);
    expect(state.downloads).toBe(2);
  });

  it('compares what it downloads from a server that tells nothing', async () => {
    const { state, source } = await repository(() => ({}));
    expect(await listOf(source)).toHaveLength(3);
    state.text = index(`  a:\n${chart('a', '1')}`);
    expect(await listOf(source)).toEqual(['a 1']);
  });

  it('asks nothing within recheckMs', async () => {
    const server = await serve((_, response) => response.end(sample));
    const source = helmIndex({ name: 'charts', url: `${server.url}/index.yaml` });
    await listOf(source, { pageSize: 1 });

    expect(server.requests).toEqual(['/index.yaml']);
  });

  it('sends its headers, and recovers from a server that fails', async () => {
    let broken = true;
    const server = await serve((_, response, request) => {
      if (request.headers.authorization !== 'Basic abc') return response.writeHead(401).end();
      return broken ? response.writeHead(503).end() : response.end(sample);
    });
    const url = `${server.url}/index.yaml`;
    const source = helmIndex({ name: 'charts', url, headers: { authorization: 'Basic abc' } });

    expect(await failureOf(helmIndex({ name: 'charts', url }))).toMatchObject({ name: 'RefusedError', status: 401 });
    expect(await failureOf(source)).toMatchObject({ name: 'UnreachableError', where: url });
    broken = false;
    expect(await listOf(source)).toHaveLength(3);
  });

  it('downloads again after an index that was broken, although nothing has changed since', async () => {
    const { state, source } = await repository((text) => ({ etag: `"${text.length}"` }));
    state.text = 'entries: "';
    const error = await failureOf(source);
    expect(error).toMatchObject({ name: 'FormatError', line: 1 });
    expect(String(error)).not.toContain('secret');
    expect(await failureOf(source)).toMatchObject({ name: 'FormatError' });

    state.text = sample;
    expect(await listOf(source)).toHaveLength(3);
  });

  it('X3 gives up a server that does not answer, and leaves no request open', async () => {
    const server: TestServer = await serve(() => undefined);
    const source = helmIndex({ name: 'charts', url: `${server.url}/index.yaml`, timeoutMs: 50 });

    expect(await failureOf(source)).toMatchObject({ name: 'UnreachableError' });
    await expect.poll(() => server.open()).toBe(0);
  });
});

describe('yamlParts', () => {
  it('cuts an index into parts that together say the same', () => {
    const version = fc.record({ name: fc.string(), version: fc.string(), text: fc.string({ maxLength: 200 }) });
    const entries = fc.dictionary(fc.string(), fc.array(version, { maxLength: 3 }), {
      maxKeys: 5,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(entries, fc.constantFrom(2, 4), fc.boolean(), (charts, indent, indentSeq) => {
        const text = stringify({ apiVersion: 'v1', entries: charts, generated: 'x' }, { indent, indentSeq });
        const { frame, entries: parts } = yamlParts(text, 'entries');
        const lines = text.split('\n');
        const merged: [string, unknown][] = parts.flatMap((part) => Object.entries(parse(part.text) as object));

        for (const part of parts) expect(part.text.startsWith(lines[part.line - 1]!)).toBe(true);
        if (parts.length > 0) expect(merged).toEqual(Object.entries(charts));
        expect([...frame, ...parts].reduce((sum, part) => sum + part.text.length, 0)).toBe(text.length);
      }),
      runs(),
    );
  });
});

describe('helmIndex keeps the laws of page sources', () => {
  for (const law of pageSourceLaws(() => ({ source: sourceOf(sample), query: {}, key }))) it(law.name, law.check);
});

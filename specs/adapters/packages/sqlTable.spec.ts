import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { sqlTable, type SqlTable, type SqlTableOptions } from '../../../lib/adapters/packages/sqlTable.ts';
import { pageSourceLaws } from '../../../lib/testing/pageSourceLaws.ts';
import { runs } from '../../support/seed.ts';
import { postgresPrograms, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { failureOf, inOrder, itemsOf, key, listOf, pageOf } from './support/walk.ts';

const programs = postgresPrograms();
if (programs === undefined && process.env['REQUIRE_POSTGRES'] === '1')
  throw new Error('there is no PostgreSQL to start');
if (programs === undefined) console.info('sqlTable: skipped, there is no PostgreSQL here that can be started');

describe.runIf(programs !== undefined)('sqlTable', () => {
  let server: TestPostgres;
  let admin: pg.Client;

  beforeAll(async () => {
    server = await startPostgres(programs ?? '');
    admin = new pg.Client({ connectionString: server.connectionString });
    await admin.connect();
  });

  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  let tables = 0;

  /** A table with the given rows. */
  async function table(
    rows: readonly (readonly [name: string | null, version: string | null, about?: string | null])[],
  ) {
    const name = `parts "${tables++}"`;
    const quoted = pg.escapeIdentifier(name);
    await admin.query(`create table ${quoted} ("the id" text, rev text, about text)`);
    await admin.query(`insert into ${quoted} select * from unnest($1::text[], $2::text[], $3::text[])`, [
      rows.map(([id]) => id),
      rows.map(([, rev]) => rev),
      rows.map(([, , about]) => about ?? null),
    ]);
    return { name, quoted };
  }

  function sourceOf(name: string, more: Partial<SqlTableOptions> = {}): SqlTable {
    const source = sqlTable({
      name: 'parts',
      connectionString: server.connectionString,
      table: name,
      columns: { name: 'the id', version: 'rev', description: 'about' },
      ...more,
    });
    onTestFinished(() => source.close());
    return source;
  }

  const connections = async () => {
    const { rows } = await admin.query<{ state: string; query: string }>(
      `select state, query from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    return rows;
  };

  it('lists rows by name and version, each once, with what is missing left out', async () => {
    const { name } = await table([
      ['b', '2', 'the\n b'],
      ['a', '10'],
      ['a', '9'],
      ['b', '2', 'again'],
      ['c', null],
      [null, '1'],
    ]);

    expect(await itemsOf(sourceOf(name), { pageSize: 1 })).toEqual([
      { name: 'a', version: '10', source: 'parts' },
      { name: 'a', version: '9', source: 'parts' },
      expect.objectContaining({ name: 'b', version: '2', source: 'parts' }),
      { name: 'c', version: '', source: 'parts' },
    ]);
  });

  it('reads other column types as text, another schema, and no description', async () => {
    await admin.query('create schema "s.s"; create table "s.s".numbers (id int, "Rev" numeric)');
    await admin.query('insert into "s.s".numbers values (1, 1.10), (10, 2), (2, null)');
    const source = sourceOf('numbers', { schema: 's.s', columns: { name: 'id', version: 'Rev' } });

    expect(await listOf(source)).toEqual(['1 1.10', '10 2', '2 ']);
    expect(await listOf(source, { query: { query: '1' } })).toEqual(['1 1.10', '10 2']);
  });

  it('M1 M18 gives every row once in code point order, for any names and page size', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'B', '-', '～', '😀', 'é', "'", '"', '%', '_', '\\'),
      maxLength: 3,
    });
    const { name, quoted } = await table([]);
    const source = sourceOf(name);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, text), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (rows, pageSize) => {
          await admin.query(`truncate ${quoted}`);
          await admin.query(`insert into ${quoted} select * from unnest($1::text[], $2::text[])`, [
            rows.map(([id]) => id),
            rows.map(([, rev]) => rev),
          ]);
          expect(await listOf(source, { pageSize })).toEqual(inOrder(rows.map((row) => row.join(' '))));
        },
      ),
      runs(),
    );
  });

  it('M16 loses and repeats nothing while rows come and go', async () => {
    const { name, quoted } = await table('bdfhj'.split('').map((id) => [id, '1']));
    const source = sourceOf(name);
    const first = await pageOf(source, { pageSize: 2 });
    await admin.query(
      `delete from ${quoted} where "the id" in ('b', 'd', 'f'); insert into ${quoted} values ('a', '1'), ('i', '1')`,
    );
    const second = await pageOf(source, { pageToken: first.nextPageToken });

    expect(first.items.map((item) => item.name)).toEqual(['b', 'd']);
    expect(second.items.map((item) => item.name)).toEqual(['h', 'i', 'j']);
  });

  it('searches names and descriptions for the very text, in any case', async () => {
    const { name } = await table([
      ['Ab%c', '1'],
      ['abc', '1', 'Under_Score'],
      ["it's", '1'],
      ['x\\y', '1'],
    ]);
    const source = sourceOf(name);
    const found = (query: string) => listOf(source, { query: { query } });

    expect(await found('B%')).toEqual(['Ab%c 1']);
    expect(await found('r_s')).toEqual(['abc 1']);
    expect(await found("T'S")).toEqual(["it's 1"]);
    expect(await found('\\')).toEqual(['x\\y 1']);
    expect(await found("'; drop table x; --")).toEqual([]);
    expect(await found('\u0000')).toEqual([]);
    expect(await found('\ud800')).toEqual([]);
  });

  it('reads a page of an indexed table without reading the table', async () => {
    const { name, quoted } = await table([]);
    const maker = new pg.Client({ connectionString: server.connectionString });
    await maker.connect();
    await maker.query(
      `insert into ${quoted} select 'n' || lpad(i::text, 6, '0'), '1' from generate_series(1, 50000) i`,
    );
    await maker.query(
      `create index on ${quoted} ("the id" collate "C", coalesce(rev, '') collate "C"); analyze ${quoted}`,
    );
    await maker.end(); // reports what it has read, as every connection does when it ends
    await expect.poll(connections).toEqual([]);
    await admin.query('select pg_stat_reset()');

    const source = sourceOf(name);
    const first = await pageOf(source, { pageSize: 10 });
    const second = await pageOf(source, { pageSize: 10, pageToken: first.nextPageToken });
    await source.close();
    const scans = async () => {
      const stats = 'select seq_scan as table, idx_scan as index from pg_stat_user_tables where relname = $1';
      return (await admin.query<{ table: string; index: string }>(stats, [name])).rows;
    };

    expect(second.items.map((item) => item.name)).toEqual(Array.from({ length: 10 }, (_, i) => `n0000${i + 11}`));
    await expect.poll(scans).toEqual([{ table: '0', index: '2' }]);
  });

  it('X3 cancels its query when its page is no longer wanted, and works on', async () => {
    await admin.query('create view slow as select pg_sleep(60)::text as id, now()::text as rev');
    const { name } = await table([['a', '1']]);
    const slow = sourceOf('slow', { columns: { name: 'id', version: 'rev' }, timeoutMs: 60_000 });
    const leaving = new AbortController();
    const page = pageOf(slow, { signal: leaving.signal }).catch((error: unknown) => error);
    await expect.poll(async () => (await connections()).some(({ query }) => query.includes('slow'))).toBe(true);
    leaving.abort(new Error('left'));

    expect(await page).toMatchObject({ message: 'left' });
    await expect.poll(async () => (await connections()).filter(({ state }) => state === 'active')).toEqual([]);
    expect(await listOf(sourceOf(name))).toEqual(['a 1']);
  });

  it('gives up a query that takes too long', async () => {
    await admin.query('create view slower as select pg_sleep(60)::text as id, now()::text as rev');
    const slower = sourceOf('slower', { columns: { name: 'id', version: 'rev' }, timeoutMs: 100 });

    expect(await failureOf(slower)).toMatchObject({
      name: 'UnreachableError',
      message: expect.stringContaining('timeout') as string,
    });
  });

  it('tells what is wrong with a table, a column, a user or a server', async () => {
    const { name } = await table([]);
    const refusals = [
      sourceOf('nobody'),
      sourceOf(name, { columns: { name: 'none', version: 'rev' } }),
      sourceOf(name, { connectionString: server.connectionString.replace('postgres@', 'nobody@') }),
    ];
    for (const source of refusals) expect(await failureOf(source)).toMatchObject({ name: 'RefusedError' });

    const nowhere = sourceOf(name, { connectionString: 'postgresql://u:secret@127.0.0.1:1/x' });
    const error = await failureOf(nowhere);
    expect(error).toMatchObject({ name: 'UnreachableError', where: `table ${name}` });
    expect(String(error)).not.toContain('secret');
  });

  it('closes its connections, and opens none before it is asked', async () => {
    const { name } = await table([['a', '1']]);
    const before = (await connections()).length;
    const source = sourceOf(name);
    expect(await connections()).toHaveLength(before);
    await listOf(source);
    expect(await connections()).toHaveLength(before + 1);
    await source.close();

    await expect.poll(async () => (await connections()).length).toBe(before);
    expect(await failureOf(source)).toMatchObject({ name: 'RefusedError' });
    await source.close();
    await sourceOf(name).close();
  });

  it('recovers when the server has dropped its connections', async () => {
    const { name } = await table([['a', '1']]);
    const source = sourceOf(name);
    await listOf(source);
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );

    await expect.poll(() => listOf(source).catch(() => undefined)).toEqual(['a 1']);
  });

  describe('keeps the laws of page sources', () => {
    const create = async () => {
      const { name } = await table('ebadc'.split('').map((id) => [id, '1']));
      const source = sqlTable({
        name: 'parts',
        connectionString: server.connectionString,
        table: name,
        columns: { name: 'the id', version: 'rev' },
      });
      return { source, query: {}, key, close: () => source.close() };
    };
    for (const law of pageSourceLaws(create)) it(law.name, law.check);
  });
});

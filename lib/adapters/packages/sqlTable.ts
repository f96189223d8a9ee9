import type { Pool } from 'pg';
import { fromKeyset, type KeysetRequest } from '../../boundary/fromKeyset.ts';
import { RefusedError, UnreachableError } from '../../contracts/failure.ts';
import { packageKey, type Package, type PackageQuery, type PackageSource } from './package.ts';
import { toPackage } from './toPackage.ts';

/** Which table {@link sqlTable} reads. */
export interface SqlTableOptions {
  readonly name: string;
  /** Such as 'postgresql://reader@db.example/parts'; what it leaves out comes from PGUSER, PGPASSWORD and the like. */
  readonly connectionString: string;
  /** Default: the schemas on the search path. */
  readonly schema?: string | undefined;
  readonly table: string;
  /** Rows without a name are left out; a row without a version has an empty one. */
  readonly columns: {
    readonly name: string;
    readonly version: string;
    readonly description?: string | undefined;
  };
  /** Longest wait for a connection, and for the answer to one query, in ms. Default: 10 000. */
  readonly timeoutMs?: number | undefined;
}

/** A source that holds connections. */
export interface SqlTable extends PackageSource {
  /** Closes the connections once they are idle. Nothing can be fetched afterwards. */
  close(): Promise<void>;
}

interface Row {
  readonly name: string;
  readonly version: string;
  readonly description: string | null;
}

/**
 * The rows of a PostgreSQL table, each page from the last key on. Needs the package `pg`.
 *
 * It is quick with an index: `create index on parts (name collate "C", coalesce(version, '') collate "C")`. A query is
 * compared by the database's own `lower()`. An abort cancels the query that runs.
 *
 * @example
 * const parts = sqlTable({
 *   name: 'parts',
 *   connectionString: 'postgresql://reader@db.example/parts',
 *   table: 'parts',
 *   columns: { name: 'id', version: 'revision' },
 * });
 */
export function sqlTable(options: SqlTableOptions): SqlTable {
  const { name, connectionString, schema, table, columns, timeoutMs = 10_000 } = options;
  const where = `table ${schema === undefined ? table : `${schema}.${table}`}`;
  const statement = statementFor(schema === undefined ? quoted(table) : `${quoted(schema)}.${quoted(table)}`, columns);
  let pool: Promise<Pool> | undefined;
  let closed: Promise<void> | undefined;

  const source = fromKeyset({
    name,
    key: packageKey,
    fetch: async (
      request: KeysetRequest<readonly [string, string, string], PackageQuery>,
    ): Promise<readonly Package[]> => {
      const { after: [afterName = null, afterVersion = null] = [], limit, query, signal } = request;
      const sought = (query.query ?? '').toLowerCase();
      if (sought.includes('\u0000')) return []; // a text in PostgreSQL holds none
      if (closed) throw new RefusedError(where, 'the source was closed');
      pool ??= connect(connectionString, timeoutMs, where);
      const rows = await run(await pool, statement, [limit, afterName, afterVersion, sought], signal).catch(
        (error: unknown) => {
          throw failureOf(error, where);
        },
      );
      return rows.map((row) => toPackage(row.name, row.version, name, row.description));
    },
  });

  return {
    ...source,
    close: () => (closed ??= end(pool)),
  };
}

/** One statement for all pages. The first comparison of names is there for the index. */
function statementFor(table: string, columns: SqlTableOptions['columns']): string {
  const name = `${quoted(columns.name)}::text collate "C"`;
  const version = `coalesce(${quoted(columns.version)}::text, '') collate "C"`;
  const description = columns.description === undefined ? 'null' : `${quoted(columns.description)}::text`;

  return `
    select distinct on (1, 2) ${name} as name, ${version} as version, ${description} as description
    from ${table}
    where ${name} is not null
      and ($2::text is null or (${name} >= $2 and (${name}, ${version}) > ($2, $3::text)))
      and ($4::text = '' or strpos(lower(${name}), $4) > 0 or strpos(lower(${description}), $4) > 0)
    order by 1, 2
    limit $1`;
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

async function connect(connectionString: string, timeoutMs: number, where: string): Promise<Pool> {
  const pg = await import('pg').catch((cause: unknown) => {
    throw new RefusedError(where, 'reading PostgreSQL needs the package pg: npm install pg', { cause });
  });
  const pool = new pg.default.Pool({
    connectionString,
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    allowExitOnIdle: true,
  });
  pool.on('error', () => undefined); // an idle connection was lost: the pool opens another one
  return pool;
}

async function end(pool: Promise<Pool> | undefined): Promise<void> {
  await (await pool?.catch(() => undefined))?.end(); // what never connected needs no end
}

async function run(pool: Pool, statement: string, values: readonly unknown[], signal: AbortSignal): Promise<Row[]> {
  signal.throwIfAborted();
  const client = await pool.connect();
  const lost = () => undefined; // the query fails as well, and tells; without a listener it would end the process
  const cancel = () => {
    client.release(true);
    // Dropping the connection alone would leave the query running.
    const { processID } = client as unknown as { processID: number };
    pool.query('select pg_cancel_backend($1)', [processID]).catch(() => undefined);
  };

  if (signal.aborted) client.release();
  signal.throwIfAborted();
  client.on('error', lost);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return (await client.query<Row>(statement, [...values])).rows;
  } finally {
    signal.removeEventListener('abort', cancel);
    client.off('error', lost);
    if (!signal.aborted) client.release();
  }
}

/** Errors of the server have a code of five characters: 08, 53, 57, 58 and 40 pass, the others will come again. */
function failureOf(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || error instanceof RefusedError || error.name === 'AbortError') return error;
  const reason = error.message === '' && 'code' in error ? String(error.code) : error.message;
  const isRefusal = 'severity' in error && 'code' in error && !/^(?:08|40|53|57|58)/.test(String(error.code));
  return new (isRefusal ? RefusedError : UnreachableError)(where, reason, { cause: error });
}

import pg from 'pg';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { postgresPrograms, startPostgres, type TestPostgres } from '../../../support/postgres.ts';

/** A database for the specs of a file. */
export interface Database {
  /** For looking at it. */
  readonly admin: pg.Client;
  readonly connectionString: string;
  /** Connections that end with the spec. */
  pool(options?: pg.PoolConfig): pg.Pool;
  /** Another name each time. */
  tableName(): string;
}

/** Runs specs on a PostgreSQL of their own; says so when there is none. */
export function describeWithPostgres(name: string, specs: (database: Database) => void): void {
  const programs = postgresPrograms();
  if (programs === undefined && process.env['REQUIRE_POSTGRES'] === '1')
    throw new Error('there is no PostgreSQL to start');
  if (programs === undefined) console.info(`${name}: skipped, there is no PostgreSQL here that can be started`);

  describe.runIf(programs !== undefined)(name, () => {
    let server: TestPostgres | undefined;
    let admin: pg.Client | undefined;
    let tables = 0;

    beforeAll(async () => {
      server = await startPostgres(programs!);
      admin = new pg.Client({ connectionString: server.connectionString });
      await admin.connect();
    });
    afterAll(async () => {
      await admin?.end();
      await server?.stop();
    });

    specs({
      get admin() {
        return admin!;
      },
      get connectionString() {
        return server!.connectionString;
      },
      pool(options) {
        const pool = new pg.Pool({ connectionString: server!.connectionString, ...options });
        pool.on('error', () => undefined);
        onTestFinished(() => pool.end());
        return pool;
      },
      tableName: () => `t${tables++}`,
    });
  });
}

import { inTransaction } from './inTransaction.ts';
import type { PostgresPool } from './postgresClient.ts';

/** "if not exists" alone does not keep two that create the same table at the same time apart. */
const LOCK = 'select pg_advisory_xact_lock(hashtext($1))';

/** Runs statements that may have been run before, while nobody else does. */
export async function createTable(pool: PostgresPool, table: string, statements: readonly string[]): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(LOCK, [`rxfan create ${table}`]);
    for (const statement of statements) await client.query(statement);
  });
}

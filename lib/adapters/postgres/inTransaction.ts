import type { PostgresClient, PostgresPool } from './postgresClient.ts';
import { RolledBackError } from './rolledBackError.ts';

/**
 * Runs work in a transaction: committed when it resolves, rolled back when it rejects. `lost` is aborted when the connection
 * goes meanwhile.
 */
export async function inTransaction<T>(
  pool: PostgresPool,
  work: (client: PostgresClient, lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  const lost = new AbortController();
  const lose = (cause: Error) => lost.abort(cause); // without a listener it would end the process
  let isFit = true;

  client.on('error', lose);
  try {
    await client.query('begin isolation level read committed');
    const result = await work(client, lost.signal);
    const { command } = await client.query('commit');
    // It answers so, and without an error, when a statement failed before and somebody went on all the same.
    if (command !== 'COMMIT') throw new RolledBackError();
    return result;
  } catch (failure) {
    isFit = await client.query('rollback').then(
      () => true,
      () => false,
    );
    throw failure;
  } finally {
    client.off('error', lose);
    client.release(!isFit || lost.signal.aborted);
  }
}

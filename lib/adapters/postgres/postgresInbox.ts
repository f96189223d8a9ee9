import { from, lastValueFrom } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { checkInboxKey } from '../../boundary/checkInboxKey.ts';
import { fromAbortable } from '../../boundary/fromAbortable.ts';
import type { Done, Inbox } from '../../contracts/inbox.ts';
import { createTable } from './createTable.ts';
import { inTransaction } from './inTransaction.ts';
import type { PostgresClient, PostgresPool, TableOptions } from './postgresClient.ts';
import { quotedTable } from './quotedTable.ts';

/** How much {@link postgresInbox} remembers, for how long, and where. */
export interface PostgresInboxOptions extends TableOptions {
  /** Most keys, give or take some hundreds; beyond it those that were done first are forgotten. Default: 1 000 000. */
  readonly maxKeys?: number | undefined;
  /** How long a key is remembered, in ms from when its work was done. Default: 24 hours. */
  readonly maxAgeMs?: number | undefined;
  /** Longest wait for the work of the same key elsewhere, in ms; then it errors. Default: 30 000. */
  readonly waitMs?: number | undefined;
}

/** An inbox in a table of PostgreSQL. The work may change state with the client it is given: all of that is kept, or nothing. */
export interface PostgresInbox extends Inbox<Pick<PostgresClient, 'query'>> {
  /** Creates the table where it is not there yet. Several may do so at the same time. */
  createTable(): Promise<void>;
}

/** Keys that are kept between two looks for what is to be forgotten, and that are forgotten in one at most. */
const SWEEP = 200;

/**
 * Remembers what was handled in a table. For pools and clients of the package `pg`.
 *
 * The key is written first, in the transaction that the work gets: whoever comes with the same key, in any process, waits at
 * it until that is committed or rolled back. Each work holds a connection of the pool while it runs.
 *
 * @example
 * const inbox = postgresInbox(pool);
 * const handle = ({ id, body }: IncomingMessage) => inbox.once(id, (client) => book(client, body));
 */
export function postgresInbox(pool: PostgresPool, options: PostgresInboxOptions = {}): PostgresInbox {
  const { schema, table = 'rxfan_inbox', maxKeys = 1_000_000, maxAgeMs = 24 * 3_600_000, waitMs = 30_000 } = options;
  checkInteger('maxKeys', maxKeys, 1);
  checkInteger('waitMs', waitMs, 1);
  if (!(maxAgeMs > 0 && maxAgeMs < Infinity)) throw new OptionError('maxAgeMs', 'more than 0', maxAgeMs);
  const name = quotedTable(schema, table);
  const statements = statementsFor(name, `"${table}_done_at"`);
  let kept = 0;

  return {
    createTable: () => createTable(pool, name, statements.create),

    once: (key, work) =>
      fromAbortable((signal) => {
        checkInboxKey(key);
        return inTransaction(pool, async (client, lost): Promise<Done> => {
          await client.query(`set local lock_timeout = ${waitMs}`);
          const { rowCount } = await client.query(statements.claim, [key, maxAgeMs / 1_000]);
          if (rowCount === 0) return { answer: await answerOf(client, key), isKnown: true };

          const work$ = fromAbortable(() => from(work(client)), { signal: AbortSignal.any([signal, lost]) });
          const answer = await lastValueFrom(work$, { defaultValue: '' });
          await client.query(statements.keep, [key, JSON.stringify(answer)]);
          if (++kept % SWEEP === 0) await forgetOld(client);
          return { answer, isKnown: false };
        });
      }),
  };

  async function answerOf(client: PostgresClient, key: string): Promise<string> {
    const [row] = (await client.query(statements.answer, [key])).rows as readonly { readonly answer: string }[];
    return row ? (JSON.parse(row.answer) as string) : '';
  }

  async function forgetOld(client: PostgresClient): Promise<void> {
    await client.query(statements.forgetOld, [maxAgeMs / 1_000, SWEEP]);
    await client.query(statements.forgetMany, [maxKeys, SWEEP]);
  }
}

/** Answers are kept as JSON: a text in PostgreSQL holds no NUL. */
function statementsFor(table: string, index: string) {
  const age = `make_interval(secs => $`;
  return {
    create: [
      `create table if not exists ${table} (key text primary key, answer text not null, done_at timestamptz not null)`,
      `create index if not exists ${index} on ${table} (done_at)`,
    ],
    claim: `
      insert into ${table} as old (key, answer, done_at) values ($1, '""', clock_timestamp())
      on conflict (key) do update set answer = '""', done_at = clock_timestamp()
      where old.done_at <= clock_timestamp() - ${age}2)`,
    answer: `select answer from ${table} where key = $1`,
    keep: `update ${table} set answer = $2, done_at = clock_timestamp() where key = $1`,
    forgetOld: `
      delete from ${table} where key in (
        select key from ${table} where done_at <= clock_timestamp() - ${age}1)
        order by done_at limit $2 for update skip locked)`,
    forgetMany: `
      delete from ${table} where key in (
        select key from ${table} order by done_at desc offset $1 limit $2 for update skip locked)`,
  };
}

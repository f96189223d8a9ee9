import { defer, ignoreElements, type Observable } from 'rxjs';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { checkMessage } from '../../boundary/checkMessage.ts';
import { fromAbortable } from '../../boundary/fromAbortable.ts';
import type { Outbox, RelayTurn, RelayVerdict } from '../../contracts/outbox.ts';
import type { OutgoingMessage } from '../../contracts/transport.ts';
import { createTable } from './createTable.ts';
import { inTransaction } from './inTransaction.ts';
import { listenUntil } from './listenUntil.ts';
import { readOutboxRow } from './outboxRow.ts';
import type { PostgresClient, PostgresPool, TableOptions } from './postgresClient.ts';
import { quotedTable } from './quotedTable.ts';

/** An outbox in a table of PostgreSQL: who changes state in the same database writes to it in the same transaction. */
export interface PostgresOutbox extends Outbox<Pick<PostgresClient, 'query'>> {
  /** Creates the table where it is not there yet. Several may do so at the same time. */
  createTable(): Promise<void>;
}

type Send = (messages: readonly OutgoingMessage[]) => Observable<RelayVerdict>;

/** Of the bodies of one turn, in bytes, unless the first one has more. */
const MOST_BYTES = 16 * 1_024 ** 2;

/**
 * Keeps messages in a table until they are relayed. For pools and clients of the package `pg`.
 *
 * Who relays holds an advisory lock of the table for the time of a turn: one at a time sends, whatever process it is in, and
 * when it dies the lock goes with its connection. The table grows while the transport is down. Transactions that overlap have
 * no order among each other.
 *
 * @example
 * const outbox = postgresOutbox(pool);
 * await outbox.createTable();
 *
 * await client.query('begin');
 * await client.query('insert into orders values ($1)', [order.id]);
 * await lastValueFrom(outbox.append(client, [message]), { defaultValue: undefined });
 * await client.query('commit');
 */
export function postgresOutbox(pool: PostgresPool, options: TableOptions = {}): PostgresOutbox {
  const { schema, table = 'rxfan_outbox' } = options;
  const name = quotedTable(schema, table);
  const statements = statementsFor(name, `"${table}_waiting"`);

  return {
    createTable: () => createTable(pool, name, statements.create),

    append: (client, messages) =>
      defer(async () => {
        messages.forEach(checkMessage);
        for (const { id, routingKey, contentType, headers, body } of messages) {
          await client.query(statements.insert, [id, routingKey, contentType, JSON.stringify(headers), body]);
        }
      }).pipe(ignoreElements()),

    turn(max, send) {
      checkInteger('max', max, 1);
      return fromAbortable((signal) => turn(max, send, signal));
    },

    redrive: () =>
      defer(() => inTransaction(pool, async (client) => (await client.query(statements.redrive)).rowCount ?? 0)),
  };

  async function turn(max: number, send: Send, signal: AbortSignal): Promise<RelayTurn> {
    const { result, failure } = await inTransaction(pool, async (client, lost) => {
      const [lock] = (await client.query(statements.lock)).rows as readonly { readonly got: boolean }[];
      if (lock?.got !== true) return { result: { kind: 'busy' } as const };
      const { rows } = await client.query(statements.oldest, [max, MOST_BYTES]);
      const placed = rows.map((row) => readOutboxRow(row, name));
      if (placed.length === 0) return { result: { kind: 'idle' } as const };

      const messages = placed.map(({ message }) => message);
      const { values: verdicts, failure } = await listenUntil(
        defer(() => send(messages)),
        AbortSignal.any([signal, lost]),
      );
      await settle(client, new Map(placed.map(({ place, message }) => [message, place])), verdicts);
      const bytes = messages.reduce((sum, { body }) => sum + body.length, 0);
      const isFull = messages.length === max || bytes >= MOST_BYTES / 2; // a long one may not have had room
      return { result: { kind: 'relayed', count: verdicts.length, isFull } as const, failure };
    });
    if (failure) throw failure.cause; // what was sent before is forgotten all the same
    return result;
  }

  async function settle(
    client: PostgresClient,
    places: ReadonlyMap<OutgoingMessage, string>,
    verdicts: readonly RelayVerdict[],
  ): Promise<void> {
    const sent = verdicts.filter(({ kind }) => kind === 'sent').map(({ message }) => places.get(message));
    if (sent.length > 0) await client.query(statements.forget, [sent]);
    for (const verdict of verdicts) {
      if (verdict.kind !== 'setAside') continue;
      await client.query(statements.setAside, [places.get(verdict.message), verdict.reason.replaceAll('\u0000', '')]);
    }
  }
}

function statementsFor(table: string, index: string) {
  return {
    create: [
      `create table if not exists ${table} (
         place bigint generated always as identity primary key,
         id text not null,
         routing_key text not null,
         content_type text not null,
         headers text not null,
         body bytea not null,
         set_aside text)`,
      `create index if not exists ${index} on ${table} (place) where set_aside is null`,
    ],
    insert: `insert into ${table} (id, routing_key, content_type, headers, body) values ($1, $2, $3, $4, $5)`,
    lock: `select pg_try_advisory_xact_lock(hashtext('rxfan relay'), '${table}'::regclass::oid::int) as got`,
    oldest: `
      select place::text, id, routing_key, content_type, headers, body
      from (
        select *, sum(octet_length(body)) over (order by place) - octet_length(body) as bytes_before
        from (select * from ${table} where set_aside is null order by place limit $1) as oldest
      ) as counted
      where bytes_before = 0 or bytes_before + octet_length(body) <= $2
      order by counted.place`,
    forget: `delete from ${table} where place = any($1::bigint[])`,
    setAside: `update ${table} set set_aside = $2 where place = $1::bigint`,
    redrive: `update ${table} set set_aside = null where set_aside is not null`,
  };
}

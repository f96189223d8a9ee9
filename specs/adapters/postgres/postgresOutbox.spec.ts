import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  defer,
  EMPTY,
  filter,
  firstValueFrom,
  from,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  takeWhile,
  tap,
  toArray,
  type Observable,
} from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';
import type { PostgresClient } from '../../../lib/adapters/postgres/postgresClient.ts';
import { postgresOutbox, type PostgresOutbox } from '../../../lib/adapters/postgres/postgresOutbox.ts';
import { relayOutbox, type RelayEvent } from '../../../lib/core/messaging/relayOutbox.ts';
import { outboxLaws } from '../../../lib/testing/outboxLaws.ts';
import { OptionError } from '../../../operators/errors.ts';
import { messageOf } from '../../support/messages.ts';
import { publishing } from '../../support/publishing.ts';
import { describeWithPostgres } from './support/database.ts';

const done = (call$: Observable<unknown>) => lastValueFrom(call$, { defaultValue: undefined });
const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);

describeWithPostgres('postgresOutbox', (database) => {
  async function open() {
    const pool = database.pool();
    const table = database.tableName();
    const outbox = postgresOutbox(pool, { table });
    await outbox.createTable();
    const transaction = async (work: (client: PostgresClient) => Promise<void>): Promise<void> => {
      const client = await pool.connect();
      try {
        await client.query('begin');
        await work(client);
        await client.query('commit');
      } catch (failure) {
        await client.query('rollback');
        throw failure;
      } finally {
        client.release();
      }
    };
    const append = (...ids: readonly string[]) =>
      transaction(async (client) => {
        const messages = ids.map((id) => messageOf(id));
        await done(outbox.append(client, messages));
      });
    return { pool, table, outbox, transaction, append };
  }

  for (const law of outboxLaws(open)) it(law.name, law.check);

  it('is written with the state that it tells of, or not at all', async () => {
    const { outbox, table, transaction } = await open();
    await database.admin.query(`create table ${table}_orders (id text primary key)`);
    const place = (id: string) =>
      transaction(async (client) => {
        await done(outbox.append(client, [messageOf(id)]));
        await client.query(`insert into ${table}_orders values ($1)`, [id]);
      });
    await place('a');
    await expect(place('a')).rejects.toMatchObject({ code: '23505' }); // it is there already
    expect((await database.admin.query(`select id from ${table}`)).rows).toEqual([{ id: 'a' }]);
  });

  it('creates its table once, however many want it at the same time', async () => {
    const pool = database.pool();
    const table = database.tableName();
    await Promise.all(Array.from({ length: 6 }, () => postgresOutbox(pool, { table }).createTable()));
    await done(postgresOutbox(pool, { schema: 'public', table }).append(pool, [messageOf('a')]));
    await postgresOutbox(pool, { table }).createTable();
    expect((await database.admin.query(`select id from ${table}`)).rows).toEqual([{ id: 'a' }]);
  });

  it('republishes with the same id what was confirmed when its connection died before that was noted', async () => {
    const { outbox, append, table } = await open();
    await append('a', 'b', 'c');
    const sent: string[] = [];
    let isKilled = false;
    const kill = async () => {
      isKilled = true;
      await database.admin.query(
        `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = '${table}'::regclass`,
      );
    };
    const transport = publishing(({ id }) => {
      sent.push(id);
      return id === 'b' && !isKilled ? from(kill()).pipe(ignoreElements()) : EMPTY;
    });
    const events = await firstValueFrom(
      relayOutbox(outbox, transport, { retryDelayMs: 5 }).pipe(
        takeWhile(({ kind }) => kind !== 'relayed', true),
        map(({ kind }) => kind),
        toArray(),
      ),
    );
    expect(events).toEqual(['failed', 'relayed']);
    expect(sent.slice(0, 2)).toEqual(['a', 'b']);
    expect(sent.slice(-3)).toEqual(['a', 'b', 'c']);
    expect((await database.admin.query(`select count(*)::int as left from ${table}`)).rows).toEqual([{ left: 0 }]);
  });

  it('relays each message once and in order when several relays run and none fails', async () => {
    const { outbox, append, table } = await open();
    const sent: string[] = [];
    let running = 0;
    const transport = publishing(({ id }) =>
      defer(async () => {
        expect(++running).toBe(1);
        sent.push(id);
        await Promise.resolve();
        running--;
      }).pipe(ignoreElements()),
    );
    const relays = merge(
      ...[0, 1, 2].map(() =>
        relayOutbox(postgresOutbox(database.pool(), { table }), transport, { batchSize: 4, pollMs: 2 }),
      ),
    );
    const all = firstValueFrom(relays.pipe(filter(() => sent.length >= 60)));
    for (let i = 0; i < 60; i += 3) await append(`${i}`, `${i + 1}`, `${i + 2}`);
    await all;
    expect(sent).toEqual(numbers(60));
    await expect.poll(() => firstValueFrom(outbox.turn(1, () => EMPTY))).toEqual({ kind: 'idle' });
  });

  it('loses nothing when the process that relays is killed, again and again', async () => {
    const { append, table } = await open();
    const arrived: string[] = [];
    const script = fileURLToPath(new URL('support/relayProcess.mjs', import.meta.url));

    /** Runs a relay until so many have arrived, and kills it then. */
    async function relayUntil(count: number): Promise<void> {
      const child = spawn(process.execPath, [script, database.connectionString, table], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      let rest = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        arrived.push(...lines);
        if (new Set(arrived).size >= count) child.kill('SIGKILL');
      });
      await once(child, 'close');
    }

    await append(...numbers(60));
    for (const count of [10, 30, 60]) await relayUntil(count);
    expect([...new Set(arrived)]).toEqual(numbers(60)); // the first time of each, in order
    expect(arrived.length - 60).toBeLessThanOrEqual(2 * 8); // a batch, and one on its way, each time it was killed
  });

  it('hands out no more bytes in a turn than a message may have, and nothing is left behind', async () => {
    const { outbox, transaction } = await open();
    const bodies = [6, 6, 6, 1].map((mebibytes) => new Uint8Array(mebibytes * 1_024 ** 2));
    await transaction(async (client) => {
      const messages = bodies.map((body, i) => messageOf(`${i}`, { body }));
      await done(outbox.append(client, messages));
    });
    const turns: string[][] = [];
    const transport = publishing(({ id }) => (turns.at(-1)!.push(id), EMPTY));
    const counting = {
      turn: (...given: Parameters<PostgresOutbox['turn']>) => (turns.push([]), outbox.turn(...given)),
    };
    await firstValueFrom(
      relayOutbox(counting, transport, { pollMs: 10 }).pipe(filter(() => turns.flat().length === 4)),
    );
    expect(turns).toEqual([
      ['0', '1'],
      ['2', '3'],
    ]);
  });

  it('says what is wrong with a row that somebody else wrote, and keeps it', async () => {
    const { outbox, append, table } = await open();
    await append('a');
    await database.admin.query(`update ${table} set headers = 'none'`);
    const event = await firstValueFrom(
      relayOutbox(
        outbox,
        publishing(() => EMPTY),
        { retryDelayMs: 5 },
      ),
    );
    expect(event).toMatchObject({ kind: 'failed', cause: { code: 'not_decodable', where: `"${table}", place 1` } });
    expect((await database.admin.query(`select id from ${table}`)).rows).toEqual([{ id: 'a' }]);
  });

  it('fails a turn when the database is gone, and gets on when it is back', async () => {
    const { outbox, append } = await open();
    await append('a');
    let isGone = true;
    const pool = database.pool();
    const flaky = postgresOutbox(
      { connect: () => (isGone ? Promise.reject(new Error('ECONNREFUSED')) : pool.connect()) },
      { table: 't_missing' },
    );
    const events: RelayEvent[] = [];
    const relay$ = relayOutbox(
      { turn: (max, send) => (isGone ? flaky : outbox).turn(max, send) },
      publishing(() => EMPTY),
      { retryDelayMs: 1 },
    );
    await firstValueFrom(
      relay$.pipe(
        tap((event) => {
          events.push(event);
          isGone = events.length < 3;
        }),
        filter(({ kind }) => kind === 'relayed'),
      ),
    );
    expect(events.map(({ kind }) => kind)).toEqual(['failed', 'failed', 'failed', 'relayed']);
  });

  it.each([{ table: '' }, { table: 'a"b' }, { table: 'x'.repeat(51) }, { schema: 'a.b' }])('refuses %j', (options) => {
    expect(() => postgresOutbox({ connect: () => Promise.reject(new Error()) }, options)).toThrow(OptionError);
  });
});

import { defer, EMPTY, firstValueFrom, from, lastValueFrom, of, throwError, type ObservableInput } from 'rxjs';
import { expect, it } from 'vitest';
import type { PostgresClient } from '../../../lib/adapters/postgres/postgresClient.ts';
import { postgresInbox, type PostgresInboxOptions } from '../../../lib/adapters/postgres/postgresInbox.ts';
import { inboxLaws } from '../../../lib/testing/inboxLaws.ts';
import { OptionError } from '../../../operators/errors.ts';
import { describeWithPostgres } from './support/database.ts';

type Client = Pick<PostgresClient, 'query'>;

describeWithPostgres('postgresInbox', (database) => {
  async function open(options: PostgresInboxOptions = {}) {
    const table = database.tableName();
    const inbox = postgresInbox(database.pool(), { table, ...options });
    await inbox.createTable();
    const once = (key: string, work: (client: Client) => ObservableInput<string> = () => of('')) =>
      firstValueFrom(inbox.once(key, work));
    return { table, inbox, once };
  }

  for (const law of inboxLaws(open)) it(law.name, law.check);

  /** A table whose every row is one effect. */
  async function effectsOf(table: string) {
    const name = `${table}_effects`;
    await database.admin.query(`create table ${name} (key text)`);
    return {
      add: (client: Client, key: string) => client.query(`insert into ${name} values ($1)`, [key]),
      all: async () =>
        (await database.admin.query<{ key: string }>(`select key from ${name}`)).rows.map(({ key }) => key),
    };
  }

  it('Q13 changes state if and only if the key is remembered', async () => {
    const { table, once } = await open();
    const effects = await effectsOf(table);
    const work = async (client: Client, fails: boolean) => {
      await effects.add(client, 'a');
      if (fails) throw new Error('after the effect');
      return 'done';
    };
    await expect(once('a', (client) => work(client, true))).rejects.toThrow('after the effect');
    expect(await effects.all()).toEqual([]);
    await once('a', (client) => work(client, false));
    await once('a', (client) => work(client, false));
    expect(await effects.all()).toEqual(['a']);
  });

  it('Q13 has one effect per key for several processes', async () => {
    const { table } = await open();
    const effects = await effectsOf(table);
    const inboxes = [0, 1, 2].map(() => postgresInbox(database.pool({ max: 4 }), { table }));
    const keys = ['a', 'b', 'c'];
    const deliveries = inboxes.flatMap((inbox) => [...keys, ...keys].map((key) => ({ inbox, key })));
    let calls = 0;
    const settled = await Promise.allSettled(
      deliveries.map(({ inbox, key }) =>
        lastValueFrom(
          inbox.once(key, async (client) => {
            const isFailing = calls++ % 3 === 1;
            await effects.add(client, key);
            if (isFailing) throw new Error('no luck');
            return key;
          }),
        ),
      ),
    );
    expect((await effects.all()).sort()).toEqual(keys);
    const fresh = settled.filter((each) => each.status === 'fulfilled' && !each.value.isKnown);
    expect(fresh).toHaveLength(3);
  });

  it('Q13 leaves no mark of work whose connection died before it was committed', async () => {
    const { table, once } = await open();
    const effects = await effectsOf(table);
    const dying = once('a', async (client) => {
      await effects.add(client, 'a');
      const { rows } = await client.query('select pg_backend_pid() as pid');
      await database.admin.query('select pg_terminate_backend($1)', [(rows[0] as { pid: number }).pid]);
      return new Promise<string>(() => undefined);
    });
    await expect(dying).rejects.toThrow();
    expect(await effects.all()).toEqual([]);
    expect(await once('a', async (client) => (await effects.add(client, 'a'), 'x'))).toMatchObject({ isKnown: false });
    expect(await effects.all()).toEqual(['a']);
  });

  it('takes work that went on after a statement had failed for failed work', async () => {
    const { once } = await open();
    const work = async (client: Client) => {
      await client.query('select 1 / 0').catch(() => undefined);
      return 'fine';
    };
    await expect(once('a', work)).rejects.toMatchObject({
      code: expect.stringMatching(/^25P02$|^rolled_back$/) as string,
    });
    expect(await once('a')).toMatchObject({ isKnown: false });
  });

  it('forgets a key when its time is over', async () => {
    const { table, once } = await open({ maxAgeMs: 60_000 });
    await once('a', () => of('first'));
    await database.admin.query(`update ${table} set done_at = done_at - interval '59 s'`);
    expect(await once('a', () => of('second'))).toEqual({ answer: 'first', isKnown: true });
    await database.admin.query(`update ${table} set done_at = done_at - interval '2 s'`);
    expect(await once('a', () => of('second'))).toEqual({ answer: 'second', isKnown: false });
    expect(await once('a', () => of('third'))).toEqual({ answer: 'second', isKnown: true });
  });

  it('is bounded: what is too old and what is too much goes away as keys come in', async () => {
    const { table, once } = await open({ maxAgeMs: 60_000, maxKeys: 100 });
    await database.admin.query(
      `insert into ${table} select 'old' || i, '""', now() - interval '2 min' from generate_series(1, 150) as i`,
    );
    await database.admin.query(`insert into ${table} select 'new' || i, '""', now() from generate_series(1, 150) as i`);
    await Promise.all(Array.from({ length: 200 }, (_, i) => once(`k${i}`)));
    const { rows } = await database.admin.query<{ old: number; all: number }>(
      `select count(*) filter (where key like 'old%')::int as old, count(*)::int as all from ${table}`,
    );
    expect(rows).toEqual([{ old: 0, all: 150 }]); // 200 of the 250 that are too many went in one look
  });

  it('waits for the work of the same key elsewhere only so long', async () => {
    const { once } = await open({ waitMs: 30 });
    let finish = (): void => undefined;
    const held = once('a', () => from(new Promise<string>((resolve) => (finish = () => resolve('held')))));
    await expect
      .poll(() =>
        database.admin
          .query(`select 1 from pg_stat_activity where state = 'idle in transaction'`)
          .then(({ rowCount }) => rowCount),
      )
      .toBe(1);
    await expect(once('a')).rejects.toMatchObject({ code: '55P03' });
    finish();
    expect(await held).toEqual({ answer: 'held', isKnown: false });
  });

  it('gives its connections back, whatever happens', async () => {
    const pool = database.pool({ max: 2 });
    const inbox = postgresInbox(pool, { table: database.tableName() });
    await inbox.createTable();
    for (let i = 0; i < 10; i++) {
      await lastValueFrom(inbox.once(`${i}`, () => (i % 2 === 0 ? of('') : throwError(() => new Error())))).catch(
        () => 0,
      );
      await lastValueFrom(inbox.once('é', () => EMPTY)).catch(() => 0);
      const leaving = inbox.once(`left${i}`, () => defer(() => new Promise<string>(() => undefined))).subscribe();
      await expect.poll(() => pool.totalCount - pool.idleCount).toBeGreaterThan(0);
      leaving.unsubscribe();
    }
    await expect.poll(() => pool.idleCount).toBe(pool.totalCount);
    expect(pool.waitingCount).toBe(0);
  });

  it.each([{ maxKeys: 0 }, { maxAgeMs: 0 }, { maxAgeMs: Infinity }, { waitMs: 0 }, { waitMs: 1.5 }, { table: 'a b' }])(
    'refuses %j',
    (options) => {
      expect(() => postgresInbox({ connect: () => Promise.reject(new Error()) }, options)).toThrow(OptionError);
    },
  );
});

// Relays an outbox, and writes the id of each message to the standard output: that is its broker.
import { writeSync } from 'node:fs';
import pg from 'pg';
import { timer, ignoreElements, concat, defer, EMPTY, NEVER } from 'rxjs';
import { relayOutbox } from 'rxfan/messaging';
import { postgresOutbox } from 'rxfan/postgres';

const [connectionString, table] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString });
const publish = ({ id }) =>
  concat(
    defer(() => {
      writeSync(1, `${id}\n`);
      return EMPTY;
    }),
    timer(1).pipe(ignoreElements()),
  );
const transport = {
  name: 'stdout',
  publish,
  consume: () => NEVER,
  redrive: () => NEVER,
  state$: NEVER,
  close: () => EMPTY,
};

relayOutbox(postgresOutbox(pool, { table }), transport, { batchSize: 7, pollMs: 5, retryDelayMs: 5 }).subscribe();

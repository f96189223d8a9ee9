import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { rabbitmqPrograms, startBroker } from './rabbitmqBroker.mjs';

const { AMQP_URL: named = '', REQUIRE_RABBITMQ: required } = process.env;
const LONGEST_START_MS = 90_000;

/** Whether specs that need RabbitMQ are to be left out. Says so in one line; with REQUIRE_RABBITMQ they fail instead. */
export function withoutRabbitmq(): boolean {
  if (named !== '' || rabbitmqPrograms() !== undefined) return false;
  if (required === '1') throw new Error('REQUIRE_RABBITMQ is set, and there is no rabbitmq-server, nor an AMQP_URL');
  console.info(
    'RabbitMQ specs are skipped: there is no rabbitmq-server here (install it, or name a broker with AMQP_URL)',
  );
  return true;
}

/** The URL of the broker of this run: AMQP_URL names it, else the first spec file that needs one starts it for all. */
export async function sharedBroker(): Promise<string> {
  if (named !== '') return named;
  const folder = inject('rabbitmqFolder');
  const started = join(folder, 'started.json');
  if (isFirst(folder)) {
    const word = await startBroker().then(
      ({ url, handle }) => ({ url, handle }),
      (cause: unknown) => ({ failure: String(cause) }),
    );
    writeFileSync(`${started}.new`, JSON.stringify(word));
    renameSync(`${started}.new`, started);
  }
  for (const end = Date.now() + LONGEST_START_MS; !existsSync(started) && Date.now() < end;) await sleep(50);
  const { url, failure } = JSON.parse(readFileSync(started, 'utf8')) as { url?: string; failure?: string };
  if (url === undefined) throw new Error(failure);
  return url;
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(join(folder, 'starting'));
    return true;
  } catch {
    return false;
  }
}

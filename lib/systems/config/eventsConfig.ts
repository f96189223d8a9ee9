import { resolve } from 'node:path';
import * as t from 'io-ts';
import { decoder, oneOf, secret, shape, text, whole } from './codecs.ts';
import type { ConfigScope } from './sourceConfig.ts';

const DAY_MS = 86_400_000;

/** What a configuration file may say of events. */
export type EventsConfig = t.TypeOf<ReturnType<typeof eventsConfig>>;

/** Everything that can be set of events. */
export interface EventsSettings extends Omit<EventsConfig, 'transport' | 'exchange'> {
  readonly transport: 'memory' | 'rabbitmq';
  readonly exchange: { readonly name: string; readonly type: 'direct' | 'topic' };
}

/** The codec of the section; relative paths start at `folder`. */
export function eventsConfig({ folder, env }: ConfigScope) {
  const localPath = decoder<string>('the path of a local file', (input, context) =>
    typeof input === 'string' && input.trim() !== '' && !/^[a-z][a-z\d+.-]+:/i.test(input)
      ? t.success(resolve(folder, input))
      : t.failure(input, context),
  );
  return shape(
    {},
    {
      /** Exports the service by default. */
      module: localPath,
      transport: oneOf(['memory', 'rabbitmq']),
      /** Of the broker, with credentials. */
      url: secret(env),
      exchange: shape({}, { name: text, type: oneOf(['direct', 'topic']) }),
      /** When an operation without an outcome is expired, in ms from when it was submitted. */
      timeoutMs: whole(1, 30 * DAY_MS),
      /** How long an operation can be read after its end, in ms. */
      retentionMs: whole(1_000, 30 * DAY_MS),
      maxOperations: whole(1, 1_000_000),
      /** Most events of each type to keep for clients that were away. */
      events: whole(1, 100_000),
      /** Deliveries of one message before it goes to the dead letters. */
      maxAttempts: whole(1, 1_000),
      retryDelayMs: whole(1, DAY_MS),
      /** Makes operation ids of idempotency keys, so that they hold for all processes that have it. */
      idempotencySecret: secret(env),
    },
  );
}

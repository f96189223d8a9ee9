import { resolve } from 'node:path';
import * as t from 'io-ts';
import { decoder, oneOf, secret, shape, text, whole } from './codecs.ts';
import { means } from './described.ts';
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
      module: means('A file that exports the service by default. Default: a service to try out.', localPath),
      transport: means('What carries messages. Default: memory.', oneOf(['memory', 'rabbitmq'])),
      url: means('Of the broker, with credentials.', secret(env)),
      exchange: means(
        'Where messages are published.',
        shape(
          {},
          {
            name: means('What it is called. Default: events.', text),
            type: means('How it routes. Default: topic.', oneOf(['direct', 'topic'])),
          },
        ),
      ),
      timeoutMs: means(
        'When an operation without an outcome is expired, from when it was submitted. Default: 300000.',
        whole(1, 30 * DAY_MS),
      ),
      retentionMs: means(
        'How long an operation can be read after its end. Default: 600000.',
        whole(1_000, 30 * DAY_MS),
      ),
      maxOperations: means('Most operations to know of. Default: 10000.', whole(1, 1_000_000)),
      events: means('Most events of each type to keep for clients that were away. Default: 1000.', whole(1, 100_000)),
      maxAttempts: means('Deliveries of a message before it goes to the dead letters. Default: 5.', whole(1, 1_000)),
      retryDelayMs: means('Wait before the second attempt; longer before later ones. Default: 1000.', whole(1, DAY_MS)),
      idempotencySecret: means(
        'Makes operation ids of idempotency keys, so that they hold for all processes that have it. Default: this process only.',
        secret(env),
      ),
    },
  );
}

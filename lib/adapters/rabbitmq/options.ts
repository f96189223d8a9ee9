import type { SocketOptions } from 'amqplib';
import { OptionError } from '../../../operators/errors.ts';
import { checkChoice, checkInteger } from '../../../operators/internal/checkOption.ts';
import { readAddress, type Address } from './address.ts';
import type { Exchange } from './topology.ts';

/** What a TLS connection needs besides what the machine trusts. The certificate of the broker is always checked. */
export type RabbitmqTls = Pick<
  SocketOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'pfx' | 'servername' | 'minVersion'
>;

/** Where a {@link rabbitmqTransport} connects to, and what it holds at most. */
export interface RabbitmqOptions {
  /** `amqp://user:password@host:port/vhost`, or `amqps:`. Its credentials are shown nowhere. */
  readonly url: string;
  /** What everything is published to; durable, and declared where it is missing. */
  readonly exchange: Exchange;
  readonly tls?: RabbitmqTls | undefined;
  /** Most messages that are published and not confirmed. Default: 1 000. */
  readonly window?: number | undefined;
  /** Most messages that wait besides, with a broker that takes none. Default: 10 000. */
  readonly outboxSize?: number | undefined;
  /** Most bytes of bodies of both. Default: 16 MiB. */
  readonly outboxBytes?: number | undefined;
  /** What a publish does that finds no room: `error` with OutboxFullError, or `block`: wait for some. Default: `error`. */
  readonly overflow?: 'error' | 'block' | undefined;
  /** Longest time from publishing to the confirm, in ms, outages included. Default: 30 000. */
  readonly publishTimeoutMs?: number | undefined;
  /** Between heartbeats, in whole seconds; a broker that is silent for three of them is gone. Default: 10. */
  readonly heartbeatSeconds?: number | undefined;
  /** Longest time that an attempt to connect takes, in ms. Default: 10 000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Longest wait between two such attempts, in ms; thirty seconds when the broker refuses us. Default: 1 500. */
  readonly maxReconnectDelayMs?: number | undefined;
  /** How long a connection must stay for earlier failures to be forgotten, in ms. Default: 10 000. */
  readonly stableMs?: number | undefined;
  /**
   * Deliveries of a message that never came to an end, such as one that crashes who handles it, before the broker makes a dead
   * letter of it. Part of the declaration of durable queues: all clients of a queue have to say the same. Default: 100.
   */
  readonly deliveryLimit?: number | undefined;
  /** Gives numbers from 0 to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** {@link RabbitmqOptions} with every default filled in. */
export type RabbitmqTerms = {
  readonly [Key in Exclude<keyof RabbitmqOptions, 'url'>]-?: Exclude<RabbitmqOptions[Key], undefined>;
} & { readonly address: Address };

const EXCHANGE_NAME = /^(?!amq\.)[\w.:-]{1,127}$/;
const MOST_SECONDS = 65_535;

/** Fills in the defaults; throws OptionError for what cannot be. */
export function rabbitmqTerms(options: RabbitmqOptions): RabbitmqTerms {
  const { url, exchange, tls = {}, window = 1_000, outboxSize = 10_000, outboxBytes = 16 * 1_024 ** 2 } = options;
  const { overflow = 'error', publishTimeoutMs = 30_000, heartbeatSeconds = 10, connectTimeoutMs = 10_000 } = options;
  const { maxReconnectDelayMs = 1_500, stableMs = 10_000, deliveryLimit = 100, random = Math.random } = options;
  const address = readAddress(url);

  if (!EXCHANGE_NAME.test(exchange.name)) {
    throw new OptionError('exchange.name', '1 to 127 letters, digits, _, -, : and dots', exchange.name);
  }
  checkChoice('exchange.type', exchange.type, ['direct', 'topic']);
  checkChoice('overflow', overflow, ['error', 'block']);
  for (const [option, value] of Object.entries({ window, outboxBytes, heartbeatSeconds, deliveryLimit })) {
    checkInteger(option, value, 1);
  }
  checkInteger('outboxSize', outboxSize, 0);
  if (heartbeatSeconds > MOST_SECONDS) {
    throw new OptionError('heartbeatSeconds', `at most ${MOST_SECONDS}`, heartbeatSeconds);
  }
  for (const [option, value] of Object.entries({ publishTimeoutMs, connectTimeoutMs, maxReconnectDelayMs, stableMs })) {
    if (!(value > 0)) throw new OptionError(option, 'more than 0 ms', value);
  }
  return {
    ...{ address, exchange, tls, window, outboxSize, outboxBytes, overflow, publishTimeoutMs, heartbeatSeconds },
    ...{ connectTimeoutMs, maxReconnectDelayMs, stableMs, deliveryLimit, random },
  };
}

import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import type { WireCodec } from '../../contracts/codec.ts';
import type { EventDefinition, Upcast } from '../../contracts/message.ts';
import { checkTopicName } from '../topics/checkTopicName.ts';

/** Where an event goes, and how its data has changed over time. */
export interface EventOptions {
  /** Where it goes. Default: its name. */
  readonly routingKey?: string | undefined;
  /** Of the codec, counted from 1. Default: 1. */
  readonly version?: number | undefined;
  /** Takes data of older versions. Default: they are refused. */
  readonly upcast?: Upcast | undefined;
}

/** Routing keys of these are the bus's own. */
const RESERVED = /^(?:commands|outcomes)(?:\.|$)/;

/**
 * Defines an event, for the module that services share. Throws OptionError for a name or routing key that is none, or that
 * begins with `commands.` or `outcomes.`.
 *
 * @example
 * export const PortfolioCreated = defineEvent('portfolio.created', t.strict({ id: t.string }, 'PortfolioCreated'));
 */
export function defineEvent<A>(name: string, codec: WireCodec<A>, options: EventOptions = {}): EventDefinition<A> {
  const { routingKey = name, version = 1, upcast } = options;
  for (const [option, value] of [
    ['name', name],
    ['routingKey', routingKey],
  ] as const) {
    checkTopicName(value, option);
    if (RESERVED.test(value)) throw new OptionError(option, 'nothing that begins with commands or outcomes', value);
  }
  checkInteger('version', version, 1);
  return Object.freeze({ kind: 'event', name, routingKey, version, codec, upcast });
}

import { checkInteger } from '../../../operators/internal/checkOption.ts';
import type { WireCodec } from '../../contracts/codec.ts';
import type { CommandDefinition, Upcast } from '../../contracts/message.ts';
import { checkTopicName } from '../topics/checkTopicName.ts';

/** How the data of a command has changed over time. */
export interface CommandOptions {
  /** Of the codec, counted from 1. Default: 1. */
  readonly version?: number | undefined;
  /** Takes data of older versions. Default: they are refused. */
  readonly upcast?: Upcast | undefined;
}

/**
 * Defines a command, for the module that services share. It goes to `commands.<name>`, and its outcome comes from
 * `outcomes.<name>`. Throws OptionError for a name that is none.
 *
 * @example
 * export const CreatePortfolio = defineCommand('portfolio.create', t.strict({ title: t.string }, 'CreatePortfolio'));
 */
export function defineCommand<A>(
  name: string,
  codec: WireCodec<A>,
  options: CommandOptions = {},
): CommandDefinition<A> {
  const { version = 1, upcast } = options;
  const routingKey = `commands.${name}`;
  checkTopicName(name, 'name');
  checkTopicName(routingKey, 'name');
  checkInteger('version', version, 1);
  return Object.freeze({ kind: 'command', name, routingKey, version, codec, upcast });
}

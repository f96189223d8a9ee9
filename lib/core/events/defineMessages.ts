import type { AnyDefinition, CommandDefinition, EventDefinition } from '../../contracts/message.ts';
import { DuplicateDefinitionError } from '../../contracts/messageFailure.ts';

/** A catalogue of messages that services share. */
export interface Messages {
  readonly events: readonly EventDefinition[];
  readonly commands: readonly CommandDefinition[];
  /** By its name on the wire. */
  event(name: string): EventDefinition | undefined;
  command(name: string): CommandDefinition | undefined;
}

/**
 * Makes a catalogue of definitions. Throws DuplicateDefinitionError when two have the same name or the same routing key.
 *
 * @example
 * export const messages = defineMessages([CreatePortfolio, PortfolioCreated]);
 */
export function defineMessages(definitions: readonly AnyDefinition[]): Messages {
  const names = new Set<string>();
  const routingKeys = new Set<string>();
  for (const { name, routingKey } of definitions) {
    if (names.has(name)) throw new DuplicateDefinitionError('name', name);
    if (routingKeys.has(routingKey)) throw new DuplicateDefinitionError('routingKey', routingKey);
    names.add(name);
    routingKeys.add(routingKey);
  }
  const events = new Map(definitions.filter(isEvent).map((event) => [event.name, event]));
  const commands = new Map(definitions.filter(isCommand).map((command) => [command.name, command]));

  return {
    events: [...events.values()],
    commands: [...commands.values()],
    event: (name) => events.get(name),
    command: (name) => commands.get(name),
  };
}

function isEvent(definition: AnyDefinition): definition is EventDefinition {
  return definition.kind === 'event';
}

function isCommand(definition: AnyDefinition): definition is CommandDefinition {
  return definition.kind === 'command';
}
